import type { HttpRequest } from "../contracts/http.ts";
import { Secret } from "../contracts/secret.ts";
import { httpErrors } from "../errors/http-codes.ts";

/** What the client itself says. */
const reserved: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Names that carry credentials, also when their value was not given as a secret. */
const carrying: ReadonlySet<string> = new Set(["authorization", "cookie", "private-token"]);

/** The headers of one request, apart by how far they may go. */
export interface RequestHeaders {
  /** Sent wherever the request is sent to. */
  readonly everywhere: Readonly<Record<string, string>>;
  /** Sent to the origin of the request's own URL. */
  readonly originOnly: Readonly<Record<string, string>>;
}

const check = (name: string, value: string): void => {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name))
    throw httpErrors.HWS_HTTP_HEADER_INVALID([name.slice(0, 40), "has a name that no header has"]);
  if (reserved.has(name.toLowerCase()))
    throw httpErrors.HWS_HTTP_HEADER_INVALID([name, "is one that Hawser sets itself"]);
  if (!/^[\t\x20-\x7e\x80-\xff]{0,8192}$/.test(value))
    throw httpErrors.HWS_HTTP_HEADER_INVALID([name, "has a value that no header may have"]);
};

/** Reads and checks what a request wants to send; a line break in a value would be another header. */
export const headersOf = ({ headers = {}, credentials }: HttpRequest): RequestHeaders => {
  const everywhere: Record<string, string> = { "accept-encoding": "identity", "user-agent": "hawser" };
  const originOnly: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers)) {
    const value = Secret.is(given) ? given.reveal() : given;
    check(name, value);
    const key = name.toLowerCase();
    if (Secret.is(given) || carrying.has(key)) originOnly[key] = value;
    else everywhere[key] = value;
  }
  if (credentials !== undefined) {
    const { username, password } = credentials;
    if (username.includes(":"))
      throw httpErrors.HWS_HTTP_HEADER_INVALID(["authorization", "cannot carry a user name with a colon"]);
    const pair = Buffer.from(`${username}:${password.reveal()}`).toString("base64");
    originOnly.authorization = `Basic ${pair}`;
  }
  return { everywhere, originOnly };
};
