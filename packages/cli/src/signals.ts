import type { Run } from "@hawser/core";

/** How long a run may take to stop before the process ends without it. */
const stopLimitMs = 4000;

type Cancels = Pick<Run, "cancel">;

export interface Interruption {
  /** Told what was asked of the run, so that a person can read it. */
  readonly notice: (what: "putBack" | "stop") => void;
  /** Whether a person is there to press Ctrl-C a second time. */
  readonly attended: boolean;
}

/**
 * The signals of one operation. With a person there the first Ctrl-C puts back and the second stops; otherwise, and
 * on SIGTERM, the run is stopped at once. A closed terminal (SIGHUP) changes nothing.
 */
export class Signals {
  /** Resolves with the signal's name when the process should end although the run has not. */
  readonly expired: Promise<string>;
  #expire: (signal: string) => void = () => {};
  #run: Cancels | undefined;
  #asked: "nothing" | "putBack" | "stop" = "nothing";
  #timer: NodeJS.Timeout | undefined;
  readonly #interruption: Interruption;
  readonly #onInterrupt = (): void => this.#interrupt("SIGINT", this.#interruption.attended);
  readonly #onTerminate = (): void => this.#interrupt("SIGTERM", false);
  readonly #onHangUp = (): void => {};

  constructor(interruption: Interruption) {
    this.#interruption = interruption;
    this.expired = new Promise((resolve) => {
      this.#expire = resolve;
    });
    process.on("SIGINT", this.#onInterrupt);
    process.on("SIGTERM", this.#onTerminate);
    process.on("SIGHUP", this.#onHangUp);
  }

  /** From now on signals concern this run. */
  attach(run: Cancels): void {
    this.#run = run;
  }

  #interrupt(signal: string, putBackFirst: boolean): void {
    if (this.#run === undefined) {
      this.#expire(signal);
      return;
    }
    if (this.#asked === "stop") return;
    this.#asked = putBackFirst && this.#asked === "nothing" ? "putBack" : "stop";
    this.#run.cancel(this.#asked);
    this.#interruption.notice(this.#asked);
    if (this.#asked === "stop") this.#timer = setTimeout(() => this.#expire(signal), stopLimitMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    process.off("SIGINT", this.#onInterrupt);
    process.off("SIGTERM", this.#onTerminate);
    // SIGHUP stays ignored: the last lines and the result are still to be written.
  }
}
