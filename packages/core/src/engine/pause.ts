import type { Reporter } from "./reporter.ts";
import { Wait } from "./wait.ts";

/** How long a run waits for a silent storage before it ends as an open run. */
export const silenceLimitMs: number = 15 * 60_000;

/** Two measures of when the last beat was confirmed; between two silences at least one beat lies. */
const sameSilenceMs = 200;

/**
 * Says that a run is paused since storage does not answer: once a silence, whether an effect waits for the lock or a
 * call waits for its answer.
 */
export class Pause {
  /** The members that the run has taken out of the load balancer and not yet put in again. */
  drained: () => readonly string[] = () => [];
  readonly #wait: Wait;
  #silentSince = 0;
  #unanswered = false;

  constructor(reporter: Reporter) {
    this.#wait = new Wait(reporter);
  }

  /** A call waits for its answer. */
  unanswered(since: number, until: number): void {
    this.#unanswered = true;
    this.#say(since, until);
  }

  answered(): void {
    this.#unanswered = false;
    this.#wait.over();
  }

  /** The lock's beat is confirmed again; a call may still wait. */
  confirmed(): void {
    if (!this.#unanswered) this.#wait.over();
  }

  /** The lock's beat is not confirmed. */
  unconfirmed(since: number, until: number): void {
    if (!this.#unanswered && Math.abs(since - this.#silentSince) >= sameSilenceMs) this.#say(since, until);
  }

  #say(since: number, until: number): void {
    this.#silentSince = since;
    this.#wait.tell("storage to answer: the run is paused", since, until, this.drained());
  }
}
