import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { isIP } from "node:net";
import { reconcileErrors } from "../errors/reconcile-codes.ts";

const contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Where figures are served. A port alone is one of the loopback address: another address has to be named. */
export const placeOf = (metrics: number | string): { readonly host: string; readonly port: number } => {
  const text = String(metrics);
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "127.0.0.1";
  const port = Number(digits);
  if (digits === undefined || port > 65_535 || isIP(host) === 0)
    throw reconcileErrors.HWS_WATCH_METRICS([text.slice(0, 100), "it is no port and no address with a port"]);
  return { host, port };
};

/** Serves figures to whoever asks for `/metrics`. */
export class FiguresServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #host: string;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.#host = host;
  }

  static async open(metrics: number | string, render: () => string): Promise<FiguresServer> {
    const { host, port } = placeOf(metrics);
    const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
      const known = request.url === "/metrics" && (request.method === "GET" || request.method === "HEAD");
      response.writeHead(known ? 200 : 404, { "content-type": known ? contentType : "text/plain" });
      response.end(known ? render() : "see /metrics\n");
    });
    server.maxConnections = 32;
    server.listen(port, host);
    try {
      await once(server, "listening");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw reconcileErrors.HWS_WATCH_METRICS([`${host}:${port}`, why], { cause: error });
    }
    server.unref();
    return new FiguresServer(server, host);
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return `http://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${port}/metrics`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
