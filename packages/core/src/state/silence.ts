import { performance } from "node:perf_hooks";
import type { LockState } from "./lock-state.ts";

/** Nobody waits longer for a silent owner, whatever ttl stands in storage. */
const maxTtlMs = 10 * 60 * 1000;

/** How long an owner was seen to be silent, by the observer's own monotonic clock. No clock of another machine counts. */
export class Silence {
  #id: string | undefined;
  #nonce: string | undefined;
  #since = 0;
  #moved = false;

  /** True once a beat, or another owner, was seen after the first look. */
  get moved(): boolean {
    return this.#moved;
  }

  see({ id, nonce }: LockState): void {
    if (nonce === this.#nonce && id === this.#id) return;
    this.#moved = this.#nonce !== undefined;
    this.#id = id;
    this.#nonce = nonce;
    this.#since = performance.now();
  }

  /** How much longer it must stay silent until it counts as dead. */
  leftMs({ ttlMs }: LockState): number {
    return Math.min(ttlMs, maxTtlMs) * 1.5 - (performance.now() - this.#since);
  }
}
