/** Closes what was opened, last first, whatever fails. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  add<T extends AsyncDisposable>(opened: T): T {
    this.#closers.unshift(() => opened[Symbol.asyncDispose]());
    return opened;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await Promise.resolve(close()).catch(() => {});
  }
}
