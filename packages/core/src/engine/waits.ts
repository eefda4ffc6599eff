import type { RunEvent } from "../contracts/events.ts";

export type Waiting = Extract<RunEvent, { type: "waiting" }>;

/** A wait that nobody asked for is worth a word of its own after this. */
export const defaultStuckAfterMs = 60_000;

/** The waits of a run that are not over; says of each once that it lasts. */
export class Waits {
  readonly #limitMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Hears the event of a wait that has lasted too long. */
  onStuck: (wait: Waiting) => void = () => {};

  constructor(limitMs: number = defaultStuckAfterMs) {
    this.#limitMs = limitMs;
  }

  /** Gives what ends it; may be called twice. */
  begin(wait: Waiting): () => void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.onStuck({ ...wait, time: Date.now() });
      },
      Math.max(0, wait.since + this.#limitMs - Date.now()),
    );
    timer.unref();
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** The run is over, and so is what it waited for. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
