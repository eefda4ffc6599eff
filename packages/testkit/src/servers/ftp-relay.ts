import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { startToxicProxy, type Toxic, type ToxicProxy } from "./toxic-proxy.ts";

/** A relay in front of a plain FTP server, through which its data connections go too. */
export interface FtpRelay extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Every command that was sent, in order. */
  readonly commands: readonly string[];
  /** Bytes from the server over all data connections. */
  readonly dataBytes: number;
  /** Hurts the data connections of the next commands that begin so, so many of them (default: all). */
  hurt(command: string, toxic: Toxic, times?: number): void;
}

interface Wounds {
  readonly toxics: Map<string, { readonly toxic: Toxic; times: number }>;
  readonly commands: string[];
  readonly proxies: ToxicProxy[];
  readonly sockets: Set<Socket>;
}

/** Puts a proxy before the port of a reply to EPSV; the reply then names the proxy. */
const divert = async (reply: string, wounds: Wounds): Promise<{ line: string; proxy?: ToxicProxy }> => {
  const port = /^229 .*\(\|\|\|(\d+)\|\)/.exec(reply)?.[1];
  if (port === undefined) return { line: reply };
  const proxy = await startToxicProxy({ host: "127.0.0.1", port: Number(port) });
  wounds.proxies.push(proxy);
  return { line: `229 Entering Extended Passive Mode (|||${proxy.port}|)`, proxy };
};

const listen = (socket: Socket, hear: (line: string) => void): void => {
  const lines = createInterface({ input: socket });
  // It tells the socket's errors once more.
  lines.on("error", () => {});
  lines.on("line", hear);
};

const join = (client: Socket, upstreamPort: number, wounds: Wounds): void => {
  const server = createConnection({ port: upstreamPort, host: "127.0.0.1" });
  let current: ToxicProxy | undefined;
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    wounds.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      wounds.sockets.delete(socket);
      other.destroy();
    });
  }
  listen(client, (line) => {
    for (const [command, wound] of wounds.toxics) {
      if (wound.times === 0 || !line.startsWith(command)) continue;
      wound.times -= 1;
      current?.poison("downstream", wound.toxic);
    }
    wounds.commands.push(line);
    server.write(`${line}\r\n`);
  });
  let turn = Promise.resolve();
  listen(server, (reply) => {
    turn = turn.then(async () => {
      const { line, proxy } = await divert(reply, wounds);
      current = proxy ?? current;
      client.write(`${line}\r\n`);
    });
  });
};

const relayOf = (listener: Server, wounds: Wounds): FtpRelay => {
  const address = listener.address();
  return {
    host: "127.0.0.1",
    port: typeof address === "object" && address ? address.port : 0,
    commands: wounds.commands,
    get dataBytes() {
      return wounds.proxies.reduce((sum, { bytes }) => sum + bytes.downstream, 0);
    },
    hurt: (command, toxic, times = Number.POSITIVE_INFINITY) => {
      wounds.toxics.set(command, { toxic, times });
    },
    [Symbol.asyncDispose]: async () => {
      if (!listener.listening) return;
      const closed = once(listener, "close");
      listener.close();
      for (const socket of wounds.sockets) socket.destroy();
      await closed;
      await Promise.all(wounds.proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
};

/** Starts a relay on a random port of loopback, for clients that ask with EPSV. */
export const startFtpRelay = async (upstreamPort: number): Promise<FtpRelay> => {
  const wounds: Wounds = { toxics: new Map(), commands: [], proxies: [], sockets: new Set() };
  const listener = createServer((client) => join(client, upstreamPort, wounds));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return relayOf(listener, wounds);
};
