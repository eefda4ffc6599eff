import type { Duplex } from "node:stream";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import { type Connection, connect, type SshTarget } from "@hawser/ssh";
import type { Door } from "./door.ts";
import { type Files, sshFiles } from "./files.ts";

/** Reaches a UNIX socket of another machine through SSH: one connection, kept, and a channel for each command. */
export class SshDoor implements Door, AsyncDisposable {
  readonly files: Files = sshFiles((command, context) =>
    this.#through((connection) => connection.start(command), context),
  );
  readonly #target: SshTarget;
  readonly #path: string;
  #connection: Promise<Connection> | undefined;

  constructor(target: SshTarget, path: string) {
    this.#target = target;
    this.#path = path;
  }

  open(context: OperationContext): Promise<Duplex> {
    return this.#through((connection) => connection.forwardStream(this.#path), context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await (await connection?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  // A kept connection may have died since it was last used, which shows only when it is used.
  async #through<T>(use: (connection: Connection) => Promise<T>, context: OperationContext): Promise<T> {
    const kept = this.#connection !== undefined;
    try {
      return await this.#once(use, context);
    } catch (error) {
      if (!kept || !HawserError.is(error) || !error.retryable) throw error;
      return this.#once(use, context);
    }
  }

  async #once<T>(use: (connection: Connection) => Promise<T>, context: OperationContext): Promise<T> {
    this.#connection ??= connect(this.#target, context);
    try {
      return await use(await this.#connection);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }
}
