import { errors } from "./errors.ts";
import { weightOf } from "./moves.ts";
import type { ServerState } from "./server-state.ts";

/** How a joining member comes to its whole weight. */
export interface SlowStart {
  /** Shares of the configured weight in percent, rising to 100. */
  readonly steps: readonly number[];
  readonly everyMs: number;
}

export const noSlowStart: SlowStart = { steps: [100], everyMs: 0 };

/** The steps once they are known to rise and to end with the whole weight. */
export const slowStartOf = (given: SlowStart): SlowStart => {
  const rising = given.steps.every((step, at) => at === 0 || step > (given.steps[at - 1] ?? 0));
  if (!rising || given.steps.at(-1) !== 100) throw errors.HWS_LB_BAD_STEPS([given.steps]);
  return given;
};

/** Whether a server's weight is too small for the steps: 10 % of weight 1 is 1 again. */
export const isTooLight = (server: ServerState, { steps }: SlowStart): boolean =>
  server.ownWeight > 0 && new Set(steps.map((step) => weightOf(server, step))).size < steps.length;
