import { performance } from "node:perf_hooks";

const perMinute = 10;
const minuteMs = 60_000;
const mostAddresses = 1_000;

/** Counts wrong tokens by the address that offered them: ten a minute, then it has to wait. */
export class Attempts {
  readonly #wrong = new Map<string, { count: number; until: number }>();

  /** Seconds until this address may try again; 0 when it may now. */
  waitSeconds(address: string): number {
    const found = this.#wrong.get(address);
    if (found === undefined || found.count < perMinute) return 0;
    return Math.max(0, Math.ceil((found.until - performance.now()) / 1000));
  }

  wrong(address: string): void {
    const now = performance.now();
    const found = this.#wrong.get(address);
    if (found !== undefined && found.until > now) found.count += 1;
    else {
      this.#wrong.delete(address);
      this.#wrong.set(address, { count: 1, until: now + minuteMs });
    }
    for (const oldest of this.#wrong.keys()) {
      if (this.#wrong.size <= mostAddresses) break;
      this.#wrong.delete(oldest);
    }
  }
}
