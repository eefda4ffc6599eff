import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { writable } from "./writable.ts";

/** What is done to the bytes of a connection. */
export type Toxic =
  /** Every piece arrives so much later. */
  | { readonly kind: "latency"; readonly ms: number }
  /** No more than so many bytes a second. */
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** Nothing arrives, and nobody is told. A connection that lost bytes so stays silent after `heal`. */
  | { readonly kind: "blackhole" }
  /** The connection ends after exactly so many bytes: by FIN, or by RST. */
  | { readonly kind: "cut"; readonly afterBytes: number; readonly by: "fin" | "rst" };

/** `upstream` is from the client to the server. */
export type Direction = "upstream" | "downstream";

export interface ToxicProxy extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
  /** Bytes that arrived, over all connections. */
  readonly bytes: Readonly<Record<Direction, number>>;
  /** Replaces the toxic of a direction, for open connections and new ones. */
  poison(direction: Direction, toxic: Toxic): void;
  /** Takes all toxics away and lets connections in again. */
  heal(): void;
  /** New connections are reset at once. */
  refuse(): void;
  /** Resets every open connection. */
  reset(): void;
}

/** Where the traffic goes. */
export type Upstream = { readonly port: number; readonly host?: string } | { readonly path: string };

interface Ward {
  readonly toxics: Map<Direction, Toxic>;
  readonly bytes: Record<Direction, number>;
  readonly sockets: Set<Socket>;
  refusing: boolean;
}

interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  passed: number;
}

const sliceMs = 20;

const end = async (pipe: Pipe, by: "fin" | "rst"): Promise<void> => {
  // A reset right behind bytes reaches the other side with them, and libuv reports both as a good end.
  if (by === "rst") await sleep(sliceMs);
  for (const socket of [pipe.from, pipe.to]) by === "rst" ? socket.resetAndDestroy() : socket.destroySoon();
};

const pass = async (pipe: Pipe, ward: Ward, piece: Buffer): Promise<void> => {
  pipe.passed += piece.length;
  ward.bytes[pipe.direction] += piece.length;
  if (!pipe.to.write(piece)) await writable(pipe.to);
};

const passSlowly = async (pipe: Pipe, ward: Ward, chunk: Buffer, bytesPerSecond: number): Promise<void> => {
  const size = Math.max(1, Math.floor((bytesPerSecond * sliceMs) / 1000));
  for (let at = 0; at < chunk.length && !pipe.to.destroyed; at += size) {
    const piece = chunk.subarray(at, at + size);
    await sleep((piece.length * 1000) / bytesPerSecond);
    await pass(pipe, ward, piece);
  }
};

/** False when the connection carries nothing any more. */
const carry = async (pipe: Pipe, ward: Ward, chunk: Buffer): Promise<boolean> => {
  const toxic = ward.toxics.get(pipe.direction);
  if (toxic?.kind === "blackhole") return false;
  if (toxic?.kind === "cut" && pipe.passed + chunk.length >= toxic.afterBytes) {
    await pass(pipe, ward, chunk.subarray(0, Math.max(0, toxic.afterBytes - pipe.passed)));
    await end(pipe, toxic.by);
    return false;
  }
  if (toxic?.kind === "bandwidth") await passSlowly(pipe, ward, chunk, toxic.bytesPerSecond);
  else {
    if (toxic?.kind === "latency") await sleep(toxic.ms);
    await pass(pipe, ward, chunk);
  }
  return true;
};

const run = async (pipe: Pipe, ward: Ward): Promise<void> => {
  try {
    let carries = true;
    for await (const chunk of pipe.from.iterator({ destroyOnReturn: false })) {
      carries &&= await carry(pipe, ward, chunk as Buffer);
    }
    if (carries) pipe.to.end();
  } catch {
    // A broken side breaks the other one.
    pipe.to.destroy();
  }
};

const join = (client: Socket, upstream: Upstream, ward: Ward): void => {
  if (ward.refusing) {
    client.resetAndDestroy();
    return;
  }
  const server = createConnection({ ...upstream, allowHalfOpen: true });
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => ward.sockets.delete(socket));
    ward.sockets.add(socket);
  }
  void run({ from: client, to: server, direction: "upstream", passed: 0 }, ward);
  void run({ from: server, to: client, direction: "downstream", passed: 0 }, ward);
};

const proxyOf = (listener: Server, ward: Ward): ToxicProxy => {
  const reset = (): void => {
    for (const socket of ward.sockets) socket.resetAndDestroy();
  };
  const address = listener.address();
  return {
    host: "127.0.0.1",
    port: typeof address === "object" && address ? address.port : 0,
    bytes: ward.bytes,
    get connections() {
      return ward.sockets.size / 2;
    },
    poison: (direction, toxic) => void ward.toxics.set(direction, toxic),
    heal: () => {
      ward.toxics.clear();
      ward.refusing = false;
    },
    refuse: () => {
      ward.refusing = true;
    },
    reset,
    [Symbol.asyncDispose]: async () => {
      if (!listener.listening) return;
      const closed = once(listener, "close");
      listener.close();
      reset();
      await closed;
    },
  };
};

/** Starts a TCP proxy on a random port of loopback that hurts what passes, as told. */
export const startToxicProxy = async (upstream: Upstream): Promise<ToxicProxy> => {
  const ward: Ward = {
    toxics: new Map(),
    bytes: { upstream: 0, downstream: 0 },
    sockets: new Set(),
    refusing: false,
  };
  const listener = createServer({ allowHalfOpen: true }, (client) => join(client, upstream, ward));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return proxyOf(listener, ward);
};
