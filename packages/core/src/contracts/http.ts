import type { Readable } from "node:stream";
import type { OperationContext } from "./common.ts";
import type { Secret } from "./secret.ts";

/** One request of a plugin. Redirects, addresses, sizes and time are the client's own rules, not options. */
export interface HttpRequest {
  /** `http:` or `https:`, without credentials in it. */
  readonly url: string;
  /** Default `GET`. Only `GET` and `HEAD` follow redirects. */
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** Basic credentials. They, and every header given as a `Secret`, go to the origin of `url` and never further. */
  readonly credentials?: { readonly username: string; readonly password: Secret };
  readonly body?: string | Uint8Array;
  /** PEM of the authorities that are trusted instead of the system's. */
  readonly ca?: string;
}

/** The head of an answer, whatever its status, and its body as it comes. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from after redirects, without credentials. */
  readonly url: string;
  /** Fails when it is cut short or stands still. Who does not read it destroys it. */
  readonly body: Readable;
}

/**
 * HTTP for plugins.
 * - A redirect never leaves https for http, is followed at most 5 times, and drops credentials at another origin.
 * - Loopback, link-local and metadata addresses, seen on the connection and not in the name, are refused unless the
 *   origin of the request's own URL is one itself.
 * - Bytes are those on the wire: no content coding is asked for, and none is undone.
 * - `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are obeyed.
 * - A server that cannot be reached is `HWS_HTTP_UNREACHABLE`, one that stands still `HWS_HTTP_STALLED`, a body that
 *   is cut short `HWS_HTTP_TRUNCATED`: all retryable. A certificate that is not trusted is `HWS_HTTP_CERTIFICATE`.
 */
export interface HttpClient {
  request(request: HttpRequest, context: OperationContext): Promise<HttpAnswer>;
}
