import { performance } from "node:perf_hooks";
import type { LockReport } from "@hawser/core";

/** How long the owner of a lock has been silent, as it was seen from here: no clock of another machine counts. */
export class BeatWatch {
  #seen = "";
  #since = 0;

  /** Milliseconds since its last beat that was seen; 0 at the first look. */
  silentMs({ id, beat }: LockReport): number {
    const now = performance.now();
    const seen = `${id} ${beat}`;
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = now;
    }
    return now - this.#since;
  }

  /** So silent that another may take the lock: it is dead, or as good as that. */
  isLost(lock: LockReport): boolean {
    return this.silentMs(lock) > lock.ttlMs * 1.5;
  }
}
