import type { Run } from "../contracts/engine.ts";
import type { RunEvent, RunResult } from "../contracts/events.ts";
import type { RunControl } from "./control.ts";
import type { EventStream } from "./event-stream.ts";

/** A run that has started: its events, its result, and the way to end it. */
export class ActiveRun implements Run {
  readonly result: Promise<RunResult>;
  readonly #events: EventStream;
  readonly #control: RunControl;

  constructor(events: EventStream, control: RunControl, result: Promise<RunResult>) {
    this.#events = events;
    this.#control = control;
    this.result = result;
    // A caller that only reads events must not end the process by an unhandled rejection.
    result.catch(() => {});
  }

  cancel(how: "putBack" | "stop" = "putBack"): void {
    this.#control.cancel(how);
  }

  [Symbol.asyncIterator](): AsyncIterator<RunEvent> {
    return this.#events[Symbol.asyncIterator]();
  }
}
