import { HawserError, type OperationContext } from "@hawser/core/plugin";
import { FtpConnection } from "./ftp-connection.ts";
import type { FtpPlace } from "./ftp-place.ts";

/** Below so many pieces of work for each, a further connection costs more than it brings. */
const piecesEach = 4;

/** Several connections to one server for one call of the source. */
export class ConnectionPool implements AsyncDisposable {
  readonly #context: OperationContext;
  readonly #connections: readonly FtpConnection[];
  /** Ends every connection, when the call is aborted or one piece of work has failed. */
  readonly #end = new AbortController();

  constructor(place: FtpPlace, count: number, context: OperationContext) {
    this.#context = context;
    const signal = AbortSignal.any([context.signal, this.#end.signal]);
    this.#connections = Array.from({ length: count }, () => new FtpConnection(place, signal));
  }

  /** Works through all items, each on one connection. The first failure ends the rest. */
  async each<T>(
    items: readonly T[],
    work: (connection: FtpConnection, item: T) => Promise<void>,
  ): Promise<void> {
    const waiting = items.values();
    const run = async (connection: FtpConnection, index: number): Promise<void> => {
      if (index > 0 && !(await this.#opens(connection))) return;
      for (const item of waiting) await work(connection, item);
    };
    const count = Math.ceil(items.length / piecesEach);
    let first: unknown;
    const fail = (error: unknown): void => {
      first ??= error;
      this.#end.abort(error);
    };
    await Promise.all(this.#connections.slice(0, count).map((one, index) => run(one, index).catch(fail)));
    this.#context.signal.throwIfAborted();
    if (first !== undefined) throw first;
  }

  /** A server may allow fewer connections than are wanted: the first one must open, the others may. */
  async #opens(connection: FtpConnection): Promise<boolean> {
    try {
      await connection.open();
      return true;
    } catch (error) {
      if (!HawserError.is(error) || this.#end.signal.aborted) throw error;
      this.#context.logger.debug("a further connection is refused", { code: error.code });
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.close();
  }
}
