/**
 * Lets a few logins per server happen at once: an sshd drops logins at random once ten are unfinished (MaxStartups
 * 10:30:100 by default).
 */
export class Turns {
  readonly #limit: number;
  readonly #busy = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limit = 8) {
    this.#limit = limit;
  }

  /** Runs `work` when it is its turn; the wait ends with the signal. */
  async run<T>(server: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(server, signal);
    try {
      return await work();
    } finally {
      this.#give(server);
    }
  }

  async #take(server: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const busy = this.#busy.get(server) ?? 0;
    if (busy < this.#limit) {
      this.#busy.set(server, busy + 1);
      return;
    }
    const queue = this.#waiting.get(server) ?? [];
    this.#waiting.set(server, queue);
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", leave, { once: true });
      queue.push(enter);
    });
  }

  #give(server: string): void {
    // The turn passes to the next in line, so the count stays.
    const next = this.#waiting.get(server)?.shift();
    const busy = (this.#busy.get(server) ?? 1) - 1;
    if (next !== undefined) next();
    else if (busy > 0) this.#busy.set(server, busy);
    else this.#busy.delete(server);
  }
}
