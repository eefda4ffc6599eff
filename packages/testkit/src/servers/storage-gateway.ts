import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { errorAnswer } from "./minio-front.ts";
import type { MinioServer } from "./minio-server.ts";
import { writable } from "./writable.ts";

/** What becomes of requests and answers on their way. */
export type Weather =
  | { readonly kind: "fair" }
  /** Every request is answered with this status at once; none reaches MinIO. */
  | { readonly kind: "refusing"; readonly status: number }
  /** Bodies pass at so many bytes a second, each by itself. */
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** Bodies that are longer end with their connection after so many bytes. */
  | { readonly kind: "cutting"; readonly afterBytes: number }
  /** The connection ends before anything is answered; MinIO never sees the request. */
  | { readonly kind: "closed" };

/** Which requests a weather is over. */
export type Affected = (request: PassedRequest) => boolean;

export interface PassedRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  /** The address of who asked. */
  readonly from: string;
}

/** A way to MinIO that lies open to other machines, counts what passes, and has weather. */
export interface StorageGateway extends AsyncDisposable {
  readonly endpoint: string;
  /** Requests so far, each when it came. */
  readonly requests: readonly (PassedRequest & { readonly at: number })[];
  /** Bytes of bodies that were answered to an address. */
  bytesTo(address: string): number;
  /** Bytes of bodies that came from an address. */
  bytesFrom(address: string): number;
  /** From now on, also for what is under way. */
  turn(weather: Weather, affected?: Affected): void;
}

class Skies {
  weather: Weather = { kind: "fair" };
  affected: Affected = () => true;
  readonly requests: (PassedRequest & { at: number })[] = [];
  readonly sent = new Map<string, number>();
  readonly received = new Map<string, number>();

  over(passed: PassedRequest): Weather {
    return this.affected(passed) ? this.weather : { kind: "fair" };
  }
}

const sliceMs = 20;

/** Passes a body on as the weather is; false when it was cut. */
const pass = async (
  from: Readable,
  to: Writable,
  weather: () => Weather,
  count: (bytes: number) => void,
): Promise<boolean> => {
  let passed = 0;
  for await (const chunk of from) {
    for (let rest = chunk as Buffer; rest.length > 0; ) {
      const now = weather();
      const room = now.kind === "cutting" ? now.afterBytes - passed : rest.length;
      if (room <= 0 || now.kind === "closed" || now.kind === "refusing") return false;
      const slice = now.kind === "slow" ? Math.ceil((now.bytesPerSecond * sliceMs) / 1000) : rest.length;
      const piece = rest.subarray(0, Math.min(room, slice));
      if (now.kind === "slow") await sleep((piece.length * 1000) / now.bytesPerSecond);
      if (to.destroyed) return false;
      if (!to.write(piece)) await writable(to);
      passed += piece.length;
      count(piece.length);
      rest = rest.subarray(piece.length);
    }
  }
  return true;
};

const add = (counts: Map<string, number>, address: string, bytes: number): void =>
  void counts.set(address, (counts.get(address) ?? 0) + bytes);

const handOn = async (
  server: MinioServer,
  skies: Skies,
  passed: PassedRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { method, url, from } = passed;
  const weather = () => skies.over(passed);
  const { headers } = incoming;
  const asked = request({ host: "127.0.0.1", port: server.port, method, path: url, headers, agent: false });
  const cut = (): void => {
    asked.destroy();
    response.socket?.resetAndDestroy();
  };
  asked.on("error", cut);
  response.on("close", () => asked.destroy());
  const answered = once(asked, "response");
  answered.catch(() => {});
  if (!(await pass(incoming, asked, weather, (bytes) => add(skies.received, from, bytes)))) return cut();
  asked.end();
  const [answer] = (await answered) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  if (!(await pass(answer, response, weather, (bytes) => add(skies.sent, from, bytes)))) return cut();
  response.end();
};

/**
 * Starts it on a random port of the host; requests reach MinIO as they came, signature and all. Default host: loopback.
 */
export const startStorageGateway = async (
  server: MinioServer,
  { host = "127.0.0.1" }: { readonly host?: string } = {},
): Promise<StorageGateway> => {
  const skies = new Skies();
  const gateway = createServer(async (incoming, response) => {
    const { method = "", url = "", socket } = incoming;
    const passed = { method, url, from: socket.remoteAddress ?? "" };
    skies.requests.push({ ...passed, at: Date.now() });
    const weather = skies.over(passed);
    response.on("error", () => {});
    incoming.on("error", () => {});
    if (weather.kind === "closed") return void socket.resetAndDestroy();
    if (weather.kind === "refusing") {
      incoming.resume();
      const { status, headers, body } = errorAnswer(weather.status, "SlowDown");
      return void response.writeHead(status, headers).end(method === "HEAD" ? "" : body);
    }
    await handOn(server, skies, passed, incoming, response).catch(() => socket.resetAndDestroy());
  });
  const sockets = new Set<Socket>();
  gateway.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  gateway.listen(0, host);
  await once(gateway, "listening");
  return {
    endpoint: `http://${host}:${(gateway.address() as AddressInfo).port}`,
    requests: skies.requests,
    bytesTo: (address) => skies.sent.get(address) ?? 0,
    bytesFrom: (address) => skies.received.get(address) ?? 0,
    turn: (weather, affected = () => true) => {
      skies.weather = weather;
      skies.affected = affected;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(gateway, "close");
      gateway.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
