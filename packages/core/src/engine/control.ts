import type { EngineRequest } from "../contracts/engine-requests.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { wideController } from "../process/wide-controller.ts";

/**
 * How a run is asked to end. `putBack`: no new wave begins and what was switched goes back. `stop`: every wait
 * ends at once and the run stays open; the host program finishes the step it is in by itself.
 */
export class RunControl {
  readonly #stop = wideController();
  #asked: "nothing" | "putBack" | "stop" = "nothing";
  readonly #listeners = new Set<(how: "putBack" | "stop") => void>();

  /** Aborted by `stop` only: what is under way is finished when a run is put back. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get asked(): "nothing" | "putBack" | "stop" {
    return this.#asked;
  }

  onCancel(listener: (how: "putBack" | "stop") => void): void {
    this.#listeners.add(listener);
  }

  cancel(how: "putBack" | "stop" = "putBack"): void {
    const next = how === "stop" || this.#asked === "putBack" ? "stop" : "putBack";
    if (this.#asked === "stop") return;
    this.#asked = next;
    for (const listener of this.#listeners) listener(next);
    if (next === "stop") this.#stop.abort(engineErrors.HWS_RUN_STOPPED([]));
  }

  /** Throws when the run was asked to end: called where nothing is half-done. */
  checkpoint(): void {
    if (this.#asked === "stop") throw engineErrors.HWS_RUN_STOPPED([]);
    if (this.#asked === "putBack") throw engineErrors.HWS_RUN_CANCELLED([]);
  }

  /** For putting back after a first cancel: only `stop` ends it. */
  stopPoint(): void {
    if (this.#asked === "stop") throw engineErrors.HWS_RUN_STOPPED([]);
  }
}

/** Of a question: there is nothing to put back. */
export const controlOf = ({ signal }: Pick<EngineRequest, "signal">): RunControl => {
  const control = new RunControl();
  signal?.addEventListener("abort", () => control.cancel("stop"), { once: true });
  if (signal?.aborted === true) control.cancel("stop");
  return control;
};
