import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { hostInUrl, type ServingPlace } from "./place.ts";

/** Nobody has to say much to a small server, nor for long: who is slower or longer is cut off. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 10_000,
  // Node looks for late requests every 30 seconds otherwise, which would be their limit.
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
} as const;
/** How long a connection may lie still, also one whose reader takes nothing of its answer. */
const stillLimitMs = 30_000;

/** A server of a few small answers, which its callers cannot hold up. */
export class SmallServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #host: string;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.#host = host;
  }

  /** Rejects with the system's own error when the place cannot be had. `connections`: further ones are dropped. */
  static async open(
    { host, port }: ServingPlace,
    answer: RequestListener,
    { connections }: { readonly connections: number },
  ): Promise<SmallServer> {
    const server = createServer(limits, answer);
    server.maxConnections = connections;
    server.timeout = stillLimitMs;
    server.listen(port, host);
    await once(server, "listening");
    // One that cannot be accepted (no descriptor is free) is nobody's loss but its own.
    server.on("error", () => {});
    return new SmallServer(server, host);
  }

  /** From now on it keeps no process alive. */
  unref(): this {
    this.#server.unref();
    return this;
  }

  /** The port that it has, also when a free one was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** `http://address:port`. */
  get url(): string {
    return `http://${hostInUrl(this.#host)}:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
