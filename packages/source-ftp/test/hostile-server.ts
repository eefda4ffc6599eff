import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { TLSSocket } from "node:tls";
import type { ServerCertificate } from "@hawser/testkit";

/** How the server differs from a good one. */
export interface Hostility {
  /** In place of the greeting; an endless one is sent as fast as it is taken. */
  readonly banner?: () => Iterable<string>;
  /** A reply in place of the usual one; an empty one is none at all. */
  readonly reply?: (command: string, argument: string) => string | undefined;
  /** The lines of a directory, named by what CWD said. Default: one file `index.html` of 5 bytes. */
  readonly listing?: (folder: string) => Iterable<string>;
  /** What a file has. Default: `hello`. */
  readonly content?: (path: string) => string;
  /** Data connections are asked for by PASV, and this address stands in the reply. */
  readonly announce?: string;
  readonly certificate?: ServerCertificate;
}

export interface HostileServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly commands: readonly string[];
  readonly connections: number;
  /** Bytes that were given to the system to send, over all connections. */
  readonly sentBytes: number;
}

/** One line of a reply to MLSD. */
export const file = (name: string, sizeBytes = 5): string =>
  `type=file;size=${sizeBytes};modify=20200101000000; ${name}\r\n`;
export const folder = (name: string): string => `type=dir;modify=20200101000000; ${name}\r\n`;

const features = "211-Features\r\n MLST type*;size*;modify*;\r\n MDTM\r\n SIZE\r\n211 End";

class Session {
  readonly #hostility: Hostility;
  readonly #commands: string[];
  readonly #count: (bytes: number) => void;
  #socket: Socket;
  #folder = "/";
  #offset = 0;
  #data: Promise<Socket> | undefined;

  constructor(socket: Socket, hostility: Hostility, commands: string[], count: (bytes: number) => void) {
    this.#socket = socket;
    this.#hostility = hostility;
    this.#commands = commands;
    this.#count = count;
  }

  async greet(): Promise<void> {
    this.#hear();
    await this.#send(this.#socket, this.#hostility.banner?.() ?? ["220 ready\r\n"]).catch(() => {});
  }

  #hear(): void {
    const lines = createInterface({ input: this.#socket });
    lines.on("error", () => {});
    lines.on("line", (line) => {
      this.#commands.push(line);
      const [command = "", ...rest] = line.split(" ");
      void this.#answer(command, rest.join(" ")).catch(() => this.#socket.destroy());
    });
  }

  async #answer(command: string, argument: string): Promise<void> {
    const own = this.#hostility.reply?.(command, argument);
    if (own === "") return;
    if (own !== undefined) return this.#say(own);
    const known: Readonly<Record<string, () => unknown>> = {
      AUTH: () => this.#encrypt(),
      USER: () => this.#say("331 password?"),
      PASS: () => this.#say("230 in"),
      FEAT: () => this.#say(features),
      PWD: () => this.#say('257 "/"'),
      CWD: () => {
        this.#folder = argument;
        this.#say("250 there");
      },
      EPSV: () => (this.#hostility.announce === undefined ? this.#passive() : this.#say("500 unknown")),
      PASV: () => this.#passive(),
      REST: () => {
        this.#offset = Number(argument);
        this.#say("350 go on");
      },
      MLSD: () => this.#transfer(this.#hostility.listing?.(this.#folder) ?? [file("index.html")]),
      RETR: () => this.#transfer([(this.#hostility.content?.(argument) ?? "hello").slice(this.#offset)]),
      SIZE: () => this.#say("213 5"),
      MDTM: () => this.#say("213 20200101000000"),
    };
    await (known[command] ?? (() => this.#say("200 ok")))();
  }

  #say(reply: string): void {
    this.#socket.write(`${reply}\r\n`);
  }

  #encrypt(): void {
    const { certificate } = this.#hostility;
    this.#say(certificate === undefined ? "502 no TLS" : "234 go");
    if (certificate === undefined) return;
    const plain = this.#socket.removeAllListeners();
    const { key, cert } = certificate;
    this.#socket = new TLSSocket(plain, { isServer: true, key, cert });
    for (const socket of [plain, this.#socket]) socket.on("error", () => {});
    this.#hear();
  }

  async #passive(): Promise<void> {
    const listener = createServer();
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    this.#data = once(listener, "connection").then(([socket]) => {
      listener.close();
      (socket as Socket).on("error", () => {});
      return socket as Socket;
    });
    const { port } = listener.address() as { port: number };
    const { announce } = this.#hostility;
    if (announce === undefined) return this.#say(`229 (|||${port}|)`);
    this.#say(`227 (${announce.replaceAll(".", ",")},${port >> 8},${port & 255})`);
  }

  async #transfer(pieces: Iterable<string>): Promise<void> {
    this.#say("150 now");
    this.#offset = 0;
    const socket = await this.#data;
    if (socket === undefined) return;
    await this.#send(socket, pieces);
    socket.end();
    this.#say("226 done");
  }

  async #send(socket: Socket, pieces: Iterable<string>): Promise<void> {
    const source = Readable.from(pieces);
    source.on("data", (piece: string) => this.#count(piece.length));
    source.pipe(socket, { end: false });
    const gone = once(socket, "close").then(() => {
      source.destroy();
      throw new Error("the client went away");
    });
    await Promise.race([once(source, "end"), gone]);
    gone.catch(() => {});
  }
}

/** Starts an FTP server that does what it is told to, on a random port of loopback. */
export const startHostileServer = async (hostility: Hostility = {}): Promise<HostileServer> => {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const counts = { connections: 0, sentBytes: 0 };
  const listener = createServer((socket) => {
    counts.connections += 1;
    sockets.add(socket);
    // Two short replies in a row would wait for each other.
    socket.setNoDelay(true);
    socket.on("error", () => {});
    const session = new Session(socket, hostility, commands, (bytes) => {
      counts.sentBytes += bytes;
    });
    void session.greet();
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    host: "127.0.0.1",
    port: (listener.address() as { port: number }).port,
    commands,
    get connections() {
      return counts.connections;
    },
    get sentBytes() {
      return counts.sentBytes;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
};
