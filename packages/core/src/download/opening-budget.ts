import { setTimeout as delay } from "node:timers/promises";
import { type DownloadLimits, leastBytes } from "./limits.ts";

/** Counts the openings that brought nothing; what comes farther than ever before refills it. */
export class OpeningBudget {
  readonly #limits: DownloadLimits;
  #used = 0;
  #farthest = 0;

  constructor(limits: DownloadLimits) {
    this.#limits = limits;
  }

  /** Waits before the next opening, or throws the error when it is final. */
  async next(error: unknown, reachedBytes: number, signal: AbortSignal): Promise<void> {
    const { openings, baseDelayMs, maxDelayMs } = this.#limits;
    // The whole file from its beginning, again and again, is no progress.
    if (reachedBytes >= this.#farthest + leastBytes) {
      this.#farthest = reachedBytes;
      this.#used = 0;
    } else this.#used += 1;
    signal.throwIfAborted();
    if (this.#used >= openings) throw error;
    const waitMs = Math.min(maxDelayMs, baseDelayMs * 2 ** this.#used) * Math.random();
    await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
