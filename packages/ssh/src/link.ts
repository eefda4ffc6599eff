import type { Duplex } from "node:stream";
import type { Channel } from "@hawser/core/plugin";
import type { Client, ClientChannel, SFTPWrapper } from "ssh2";
import { describe, type Hop } from "./address.ts";
import { channelOf } from "./channel.ts";
import type { Connection } from "./connection.ts";
import type { Dialled } from "./dial.ts";
import { errors } from "./errors.ts";
import type { Sftp } from "./sftp/sftp.ts";
import { SftpSession } from "./sftp/sftp-session.ts";

/** A connection of ssh2 that knows whether it is still there. */
export class Link implements Connection {
  readonly where: string;
  /** Why it ended; pending while it stands. */
  readonly lost: Promise<string>;
  readonly #client: Client;
  readonly #socket: Duplex;
  #end: (why: string) => void = () => {};
  #why: string | undefined;

  constructor({ client, socket }: Dialled, hop: Hop) {
    this.#client = client;
    this.#socket = socket;
    this.where = describe(hop);
    this.lost = new Promise((resolve) => {
      this.#end = (why) => {
        this.#why ??= why;
        resolve(this.#why);
      };
      client.on("error", (error) => this.#end(`the connection to ${this.where} was lost: ${error.message}`));
      client.on("close", () => this.#end(`the connection to ${this.where} was closed`));
    });
  }

  get alive(): boolean {
    return this.#why === undefined;
  }

  async start(command: string): Promise<Channel> {
    const stream = await this.#open(
      (done) => this.#client.exec(command, done),
      (why) => errors.HWS_TRANSPORT_UNREACHABLE([this.where, `it opened no session: ${why}`]),
    );
    return channelOf(stream, this.lost);
  }

  forwardStream(socketPath: string): Promise<Duplex> {
    return this.#forward(socketPath, (done) => this.#client.openssh_forwardOutStreamLocal(socketPath, done));
  }

  forwardTcp(host: string, port: number): Promise<Duplex> {
    return this.#forward(describe({ host, port }), (done) =>
      this.#client.forwardOut("127.0.0.1", 0, host, port, done),
    );
  }

  async sftp(): Promise<Sftp> {
    const wrapper = await this.#open<SFTPWrapper>(
      (done) => this.#client.sftp(done),
      (why) => errors.HWS_SSH_SFTP([this.where, why]),
    );
    return new SftpSession(wrapper, this.where, this.lost);
  }

  async #forward(to: string, open: (done: OpenCallback) => void): Promise<Duplex> {
    const stream = await this.#open(open, (why) => errors.HWS_SSH_FORWARD([this.where, to, why]));
    stream.on("error", () => undefined);
    void this.lost.then(() => stream.destroy());
    return stream;
  }

  #open<T = ClientChannel>(
    open: (done: OpenCallback<T>) => void,
    failure: (why: string) => Error,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#why !== undefined) return reject(errors.HWS_TRANSPORT_LOST([this.where, this.#why]));
      void this.lost.then((why) => reject(errors.HWS_TRANSPORT_LOST([this.where, why])));
      try {
        open((error, stream) => (error === undefined ? resolve(stream) : reject(failure(error.message))));
      } catch (error) {
        reject(errors.HWS_TRANSPORT_LOST([this.where, (error as Error).message], { cause: error }));
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.alive) return;
    this.#client.end();
    // A server that does not answer must not hold up the end.
    const limit = setTimeout(() => {
      // ssh2's own `destroy` does nothing to a connection that it is ending already.
      this.#socket.destroy();
      this.#end(`the connection to ${this.where} was ended`);
    }, 1000);
    await this.lost;
    clearTimeout(limit);
  }
}

type OpenCallback<T = ClientChannel> = (error: Error | undefined, stream: T) => void;
