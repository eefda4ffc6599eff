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
  /** How many of those that wait may be dropped: without one nothing is looked for. */
  #victims = 0;
  #closed = false;
  #wake: (() => void) | undefined;

  /** `droppable` says which events may be left out for a reader that is slow. */
  constructor(droppable: (event: RunEvent) => boolean = isBulk) {
    this.#droppable = droppable;
  }

  push(event: RunEvent): void {
    if (this.#closed) return;
    const droppable = this.#droppable(event);
    if (this.#waiting.length >= capacity) {
      if (droppable) return;
      if (this.#victims > 0) this.#drop();
    }
    this.#waiting.push(event);
    if (droppable) this.#victims += 1;
    this.#wake?.();
  }

  #drop(): void {
    this.#waiting.splice(this.#waiting.findIndex(this.#droppable), 1);
    this.#victims -= 1;
  }

  #take(): RunEvent | undefined {
    const event = this.#waiting.shift();
    if (event !== undefined && this.#droppable(event)) this.#victims -= 1;
    return event;
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent> {
    while (true) {
      for (let event = this.#take(); event !== undefined; event = this.#take()) yield event;
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
