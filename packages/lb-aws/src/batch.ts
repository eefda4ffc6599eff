import { HawserError, type OperationContext } from "@hawser/core/plugin";

/** How long the first of a batch waits for others. */
const gatherMs = 20;

interface Entry<T> {
  readonly item: T;
  readonly context: OperationContext;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers changes that are wanted at about the same time and sends them in one call. When a call of several is refused,
 * each is sent alone: one that cannot be must not stop the others.
 */
export class Batch<T> {
  readonly #send: (items: readonly T[]) => Promise<void>;
  readonly #most: number;
  #waiting: Entry<T>[] = [];

  constructor(most: number, send: (items: readonly T[]) => Promise<void>) {
    this.#most = most;
    this.#send = send;
  }

  add(item: T, context: OperationContext): Promise<void> {
    return new Promise((done, failed) => {
      if (this.#waiting.length === 0) setTimeout(() => this.#flush(), gatherMs);
      this.#waiting.push({ item, context, done, failed });
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += this.#most)
      void this.#change(waiting.slice(at, at + this.#most));
  }

  async #change(entries: readonly Entry<T>[]): Promise<void> {
    const proven = await Promise.all(entries.map(prove));
    const meant = entries.filter((_, at) => proven[at]);
    if (meant.length === 0) return;
    try {
      await this.#send(meant.map(({ item }) => item));
      for (const { done } of meant) done();
    } catch (error) {
      const isOurs = meant.length > 1 && HawserError.is(error) && !error.retryable;
      if (isOurs) await Promise.all(meant.map((entry) => this.#change([entry])));
      else for (const { failed } of meant) failed(error);
    }
  }
}

/** Whether the change is still wanted, proven directly before it is made. */
const prove = async ({ context, failed }: Entry<unknown>): Promise<boolean> => {
  try {
    context.signal.throwIfAborted();
    await context.confirm?.();
    context.signal.throwIfAborted();
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
};
