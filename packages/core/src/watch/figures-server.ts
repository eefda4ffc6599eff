import { reconcileErrors } from "../errors/reconcile-codes.ts";
import { servingPlaceOf } from "../serving/place.ts";
import { SmallServer } from "../serving/small-server.ts";

const contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const connections = 32;

/** Serves figures to whoever asks for `/metrics`. */
export class FiguresServer implements AsyncDisposable {
  readonly #server: SmallServer;

  private constructor(server: SmallServer) {
    this.#server = server;
  }

  static async open(metrics: number | string, render: () => string): Promise<FiguresServer> {
    const text = String(metrics);
    const place = servingPlaceOf(text);
    if (place === undefined)
      throw reconcileErrors.HWS_WATCH_METRICS([
        text.slice(0, 100),
        "it is no port and no address with a port",
      ]);
    try {
      const server = await SmallServer.open(
        place,
        (request, response) => {
          const known = request.url === "/metrics" && (request.method === "GET" || request.method === "HEAD");
          response.writeHead(known ? 200 : 404, { "content-type": known ? contentType : "text/plain" });
          response.end(known ? render() : "see /metrics\n");
        },
        { connections },
      );
      return new FiguresServer(server.unref());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw reconcileErrors.HWS_WATCH_METRICS([`${place.host}:${place.port}`, why], { cause: error });
    }
  }

  get url(): string {
    return `${this.#server.url}/metrics`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}
