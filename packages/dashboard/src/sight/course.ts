import type { ErrorReport, RunEvent, RunResult } from "@hawser/core/plugin";

type Wave = Extract<RunEvent, { type: "wave" }>;
type Waiting = Extract<RunEvent, { type: "waiting" }>;

/** How far a run is, by what is kept of it. */
export interface Course {
  /** The steps that have begun and not ended, the waves left out. */
  readonly steps: readonly string[];
  /** The last word on each wave, in order. */
  readonly waves: readonly Wave[];
  /** The release that it puts out, once an instance runs it. */
  readonly release: string | undefined;
  /** What it waits for. */
  readonly waiting: Waiting | undefined;
  readonly warnings: readonly ErrorReport[];
  readonly result: RunResult | undefined;
}

const hearStep = (steps: Set<string>, { step, phase }: RunEvent & { type: "step" }): void => {
  if (phase !== "started") steps.delete(step);
  else if (!step.startsWith("wave-")) steps.add(step);
};

export const courseOf = (events: readonly RunEvent[]): Course => {
  const steps = new Set<string>();
  const waves = new Map<number, Wave>();
  const warnings: ErrorReport[] = [];
  let waiting: Waiting | undefined;
  let result: RunResult | undefined;
  let release: string | undefined;
  for (const event of events) {
    // What a run waits for is over with whatever it says next.
    waiting = event.type === "waiting" ? event : event.type === "warning" ? waiting : undefined;
    if (event.type === "step") hearStep(steps, event);
    if (event.type === "wave") waves.set(event.wave, event);
    if (event.type === "instance" && event.state === "active" && waves.size > 0)
      release = event.release ?? release;
    if (event.type === "warning") warnings.push(event);
    // A run that is gone on with begins anew.
    if (event.type === "run") result = undefined;
    if (event.type === "result") result = event;
  }
  return {
    steps: result === undefined ? [...steps] : [],
    release,
    waves: [...waves.values()].sort((a, b) => a.wave - b.wave),
    waiting: result === undefined ? waiting : undefined,
    warnings,
    result,
  };
};
