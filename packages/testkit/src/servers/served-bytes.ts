import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers with a file, or the part of it that a single range asks for. */
export const serveBytes = (
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const begin = Number(from ?? 0);
  const end = to === undefined || to === "" ? bytes.length : Math.min(bytes.length, Number(to) + 1);
  if (from !== undefined && begin >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const part = bytes.subarray(begin, end);
  response.writeHead(from === undefined ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-length": part.length,
    ...(from !== undefined && { "content-range": `bytes ${begin}-${end - 1}/${bytes.length}` }),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : part);
};
