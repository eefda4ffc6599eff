import { setTimeout as sleep } from "node:timers/promises";

/** How long something takes: `leastMs`, and a tail above it of this mean, as queues and networks have it. */
export interface Pace {
  readonly leastMs: number;
  readonly tailMs: number;
}

/** Measured on real instances over SSH: the start of a session, and what the host program takes for each verb. */
export const measuredPaces: Readonly<Record<string, Pace>> = {
  open: { leastMs: 100, tailMs: 15 },
  survey: { leastMs: 15, tailMs: 8 },
  stage: { leastMs: 40, tailMs: 30 },
  link: { leastMs: 3, tailMs: 2 },
  seal: { leastMs: 10, tailMs: 10 },
  activate: { leastMs: 5, tailMs: 3 },
  check: { leastMs: 8, tailMs: 10 },
  verify: { leastMs: 10, tailMs: 10 },
  prune: { leastMs: 10, tailMs: 20 },
};
const otherwise: Pace = { leastMs: 0.3, tailMs: 0.5 };

/** Draws from an exponential tail by a generator whose seed is given, so that two runs are alike. */
export class Paces {
  #state: number;

  constructor(seed = 1) {
    this.#state = seed;
  }

  async take(what: string, signal: AbortSignal): Promise<void> {
    const { leastMs, tailMs } = measuredPaces[what] ?? otherwise;
    await sleep(leastMs - tailMs * Math.log(1 - this.#next()), undefined, { signal });
  }

  /** mulberry32: 0 to below 1. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  }
}
