import type { Duplex } from "node:stream";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import { type Connection, connect, type SshTarget } from "@hawser/ssh";

/** Reaches a UNIX socket of another machine through SSH: one connection, kept, and a channel for each command. */
export class SshDoor implements AsyncDisposable {
  readonly #target: SshTarget;
  readonly #path: string;
  #connection: Promise<Connection> | undefined;

  constructor(target: SshTarget, path: string) {
    this.#target = target;
    this.#path = path;
  }

  async open(context: OperationContext): Promise<Duplex> {
    const kept = this.#connection !== undefined;
    try {
      return await this.#openOnce(context);
    } catch (error) {
      // A kept connection may have died since it was last used, which shows only now.
      if (!kept || !HawserError.is(error) || !error.retryable) throw error;
      return this.#openOnce(context);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await (await connection?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #openOnce(context: OperationContext): Promise<Duplex> {
    this.#connection ??= connect(this.#target, context);
    try {
      return await (await this.#connection).forwardStream(this.#path);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }
}
