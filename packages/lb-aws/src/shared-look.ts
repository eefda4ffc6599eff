import { setTimeout as sleep } from "node:timers/promises";

/** Between the beginnings of two looks: AWS counts calls, and a wave has many members that wait. */
const spacingMs = 250;

/** One look for all who ask at about the same time: each gets one that began after it asked. */
export class SharedLook<T> {
  readonly #look: () => Promise<T>;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;
  #began = Number.NEGATIVE_INFINITY;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  fresh(): Promise<T> {
    if (this.#running === undefined && performance.now() - this.#began >= spacingMs) return this.#begin();
    this.#next ??= this.#later(this.#running);
    return this.#next;
  }

  async #later(running: Promise<T> | undefined): Promise<T> {
    await running?.catch(() => undefined);
    await sleep(Math.max(0, this.#began + spacingMs - performance.now()));
    this.#next = undefined;
    return await this.#begin();
  }

  #begin(): Promise<T> {
    this.#began = performance.now();
    const look = this.#look();
    this.#running = look;
    const over = (): void => {
      if (this.#running === look) this.#running = undefined;
    };
    look.then(over, over);
    return look;
  }
}
