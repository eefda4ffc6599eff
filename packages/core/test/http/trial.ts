import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { makeServerCertificate } from "@hawser/testkit";
import { onTestFinished } from "vitest";
import type { OperationContext } from "../../src/contracts/common.ts";
import type { HttpAnswer, HttpRequest } from "../../src/contracts/http.ts";
import { HttpConnections, type HttpSettings } from "../../src/http/http-connections.ts";

export interface TestServer {
  readonly port: number;
  readonly origin: string;
  /** What arrived, in order. */
  readonly requests: IncomingMessage[];
  /** Connections that were made. */
  connections(): number;
}

const watch = async (server: Server, scheme: string, host: string): Promise<TestServer> => {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  server.prependListener("request", (request: IncomingMessage) => void requests.push(request));
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return { port, origin: `${scheme}://${host}:${port}`, requests, connections: () => connections };
};

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback that goes with the test. */
export const serve = (answer: Answering, host = "127.0.0.1"): Promise<TestServer> =>
  watch(createServer(answer as RequestListener), "http", host);

/** The same over TLS, with an authority of its own and a certificate for one address. */
export const serveTls = async (
  answer: Answering,
  named = "127.0.0.1",
): Promise<TestServer & { readonly ca: string }> => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-http-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { key, cert, authority } = await makeServerCertificate(directory, named);
  const server = createTlsServer({ key, cert }, answer as RequestListener);
  return { ...(await watch(server, "https", "127.0.0.1")), ca: readFileSync(authority, "utf8") };
};

/** A server that sends every request to another URL. */
export const serveRedirect = (to: string, status = 302): Promise<TestServer> =>
  serve((_, response) => void response.writeHead(status, { location: to }).end());

export const context = (signal: AbortSignal = new AbortController().signal): OperationContext => ({
  signal,
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
  progress: () => {},
});

export type Ask = (request: HttpRequest | string, signal?: AbortSignal) => Promise<HttpAnswer>;

/** A client without the proxies of this machine, which goes with the test. */
export const client = (settings: HttpSettings = {}): Ask => {
  const connections = new HttpConnections({ environment: {}, ...settings });
  onTestFinished(async () => await connections[Symbol.asyncDispose]());
  return (request, signal) =>
    connections.request(typeof request === "string" ? { url: request } : request, context(signal));
};

export const read = async (body: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
