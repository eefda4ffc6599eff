import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ServerCertificate } from "./certificate.ts";

/** One request that a webhook was sent. */
export interface HookRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** How the server answers a request; `hang` never does. */
export type HookAnswer =
  | "hang"
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A real HTTP server that takes what webhooks are sent. */
export interface HookServer extends AsyncDisposable {
  /** `http://127.0.0.1:…`, with TLS `https://…`. */
  readonly origin: string;
  /** In the order in which they were whole. */
  readonly requests: readonly HookRequest[];
  /** The next answers, one each; behind them the last one again. At first everything is answered 200. */
  answer(...answers: readonly HookAnswer[]): void;
  /** Resolves when so many requests have come. */
  heard(count: number): Promise<readonly HookRequest[]>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

/** With a certificate for 127.0.0.1 it speaks TLS. */
export const startHookServer = async (
  certificate?: Pick<ServerCertificate, "key" | "cert">,
): Promise<HookServer> => {
  const requests: HookRequest[] = [];
  const waiting = new Set<() => void>();
  let answers: readonly HookAnswer[] = [{ status: 200, body: "ok" }];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url: path = "", headers } = request;
    requests.push({ method, path, headers, body: await bodyOf(request) });
    for (const wake of waiting) wake();
    const [answer = { status: 200 }, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    if (answer === "hang") return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(request, response).catch(() => response.destroy());
  const server =
    certificate === undefined
      ? createServer(onRequest)
      : createTlsServer({ key: certificate.key, cert: certificate.cert }, onRequest);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests,
    answer: (...next) => {
      answers = next;
    },
    heard: async (count) => {
      while (requests.length < count) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
      return requests;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
