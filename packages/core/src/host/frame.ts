import type { Readable } from "node:stream";
import type { HostRequest } from "../contracts/transport.ts";
import { hostErrors } from "../errors/host-codes.ts";

/** Percent-encodes text for a header: every byte outside 0x20 to 0x7e, and `%`. */
export const encodeValue = (value: string): string =>
  Buffer.from(value)
    .toString("latin1")
    .replace(/[^\x20-\x24\x26-\x7e]/g, escaped);

/** As `encodeValue`, and blanks too: for names and values within lines. */
export const encodeWord = (value: string): string => encodeValue(value).replaceAll(" ", "%20");

const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

const key = /^[a-z][a-z-]*$/;
const verb = /^[a-z][a-z.]*$/;

const bodyBytes = (request: HostRequest): number => {
  if (request.body === undefined) return 0;
  return request.body instanceof Uint8Array ? request.body.length : request.body.sizeBytes;
};

/** The request up to its body. */
export const requestHead = (request: HostRequest): string => {
  if (!verb.test(request.verb)) throw new TypeError(`not a verb: ${request.verb}`);
  const lines = Object.entries(request.headers).map(([name, value]) => {
    if (!key.test(name) || name === "body" || name === "verb") throw new TypeError(`not a header: ${name}`);
    return `${name}: ${encodeValue(value)}\n`;
  });
  return `verb: ${request.verb}\n${lines.join("")}body: ${bodyBytes(request)}\n\n`;
};

/** The chunks of a body. One of another length than promised fails with HWS_HOST_BODY. */
export async function* requestBody(request: HostRequest): AsyncGenerator<Uint8Array> {
  if (request.body === undefined) return;
  if (request.body instanceof Uint8Array) {
    yield request.body;
    return;
  }
  yield* counted(request.body.stream, request.body.sizeBytes);
}

async function* counted(stream: Readable, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    sent += chunk.length;
    if (sent > sizeBytes) throw hostErrors.HWS_HOST_BODY([sizeBytes, "more came"]);
    yield chunk;
  }
  if (sent < sizeBytes) throw hostErrors.HWS_HOST_BODY([sizeBytes, `${sent} came`]);
}
