import type { RunEvent } from "../contracts/events.ts";

/** How many events wait for a slow reader before progress and output are dropped. */
const capacity = 2048;

const isBulk = (event: RunEvent): boolean => event.type === "progress" || event.type === "output";

/**
 * The events of one run for one reader. A slow or absent reader never holds the run up; only progress and output are
 * dropped. What a reader that left has not seen is there for the next one.
 */
export class EventStream implements AsyncIterable<RunEvent> {
  readonly #waiting: RunEvent[] = [];
  readonly #droppable: (event: RunEvent) => boolean;
  #closed = false;
  #wake: (() => void) | undefined;

  /** `droppable` says which events may be left out for a reader that is slow. */
  constructor(droppable: (event: RunEvent) => boolean = isBulk) {
    this.#droppable = droppable;
  }

  push(event: RunEvent): void {
    if (this.#closed) return;
    if (this.#waiting.length >= capacity) {
      if (this.#droppable(event)) return;
      const victim = this.#waiting.findIndex(this.#droppable);
      if (victim >= 0) this.#waiting.splice(victim, 1);
    }
    this.#waiting.push(event);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent> {
    while (true) {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) yield event;
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
