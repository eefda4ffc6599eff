import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** What goes wrong with one answer to a GET. */
export type Fault =
  /** The connection is reset after so many bytes of the body; `meanwhile` runs before anybody can ask again. */
  | { readonly kind: "cut"; readonly after: number; readonly meanwhile?: () => void }
  /** Nothing comes after so many bytes of the body. */
  | { readonly kind: "silence"; readonly after: number }
  /** The head promises another length, and the connection ends after the real one. */
  | { readonly kind: "length"; readonly claimed: number }
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** A file server that can be made to do what a real one never does. It goes with the test. */
export interface FaultServer {
  readonly origin: string;
  bytes: Buffer;
  /** Headers of every answer. */
  headers: Record<string, string>;
  /** Whether Range is obeyed. */
  ranges: boolean;
  /** The status of every HEAD; undefined for the right one. */
  headStatus: number | undefined;
  /** One is taken for each GET. */
  readonly faults: Fault[];
  /** Method and range of every request. */
  readonly asked: string[];
  /** Every header that arrived. */
  readonly received: Readonly<Record<string, string | string[] | undefined>>[];
}

interface Cutting {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | number>>;
}

const cutOf = (server: FaultServer, request: IncomingMessage): Cutting => {
  const { bytes, headers } = server;
  const from = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const condition = request.headers["if-range"];
  const holds =
    condition === undefined || condition === headers.etag || condition === headers["last-modified"];
  if (from === null || !server.ranges || !holds)
    return { status: 200, body: bytes, headers: { ...headers, "content-length": bytes.length } };
  const start = Number(from[1]);
  const body = bytes.subarray(start, from[2] === "" ? undefined : Number(from[2]) + 1);
  const range = `bytes ${start}-${start + body.length - 1}/${bytes.length}`;
  return {
    status: 206,
    body,
    headers: { "content-range": range, ...headers, "content-length": body.length },
  };
};

const cut = (response: ServerResponse, meanwhile: (() => void) | undefined): void => {
  meanwhile?.();
  response.socket?.resetAndDestroy();
};

const answer = (server: FaultServer, request: IncomingMessage, response: ServerResponse): void => {
  const { method = "", headers } = request;
  server.asked.push(`${method} ${headers.range ?? "whole"}`);
  server.received.push(headers);
  const cutting = cutOf(server, request);
  if (method === "HEAD") return void response.writeHead(server.headStatus ?? 200, cutting.headers).end();
  const fault = server.faults.shift();
  if (fault?.kind === "status") return void response.writeHead(fault.status, fault.headers).end("no");
  const length = fault?.kind === "length" ? { "content-length": fault.claimed } : {};
  response.writeHead(cutting.status, { ...cutting.headers, ...length });
  if (fault === undefined) return void response.end(cutting.body);
  if (fault.kind === "length") return void response.write(cutting.body, () => response.socket?.end());
  response.flushHeaders();
  response.write(cutting.body.subarray(0, fault.after), () => {
    if (fault.kind === "cut") setTimeout(() => cut(response, fault.meanwhile), 20);
  });
};

export const startFaultServer = async (bytes: Buffer): Promise<FaultServer> => {
  const server = createServer((request, response) => answer(faulty, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const faulty: FaultServer = {
    origin: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    bytes,
    headers: { etag: '"one"' },
    ranges: true,
    headStatus: undefined,
    faults: [],
    asked: [],
    received: [],
  };
  return faulty;
};
