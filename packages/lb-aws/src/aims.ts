import type { EnsureRequest } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { DrainRule } from "./roster.ts";
import type { Aim, Move } from "./settle.ts";
import type { Standing } from "./standing.ts";

/** What AWS shows lags behind what is. */
const lagMs = 15_000;

const towardIn = ({ state, healthy, isUnchecked }: Standing): Move => {
  if (state !== "in") return "add";
  return healthy === "yes" || isUnchecked === true ? "done" : "wait";
};

const towardOut = ({ state }: Standing): Move => {
  if (state === "in") return "remove";
  return state === "draining" ? "wait" : "done";
};

/** Registered, and healthy as AWS finds it. */
export const aimIn = (where: string, target: string, limitMs: number): Aim => ({
  decide: towardIn,
  limitMs,
  late: (seen) => errors.HWS_LB_AWS_NOT_HEALTHY([where, target, limitMs, seen.seen]),
});

/**
 * Deregistered, and drained as AWS shows it. No call of AWS cuts what is open: it does so itself at the end of its own
 * delay, which is what `force` waits for.
 */
export const aimOut = (where: string, rule: DrainRule, request: EnsureRequest): Aim => {
  const { drainTimeoutMs, onDrainTimeout, instance } = request;
  const enough = Math.max(drainTimeoutMs, rule.delayMs + lagMs);
  const limitMs = onDrainTimeout === "force" || rule.delayMs <= drainTimeoutMs ? enough : drainTimeoutMs;
  return {
    decide: towardOut,
    limitMs,
    late: (seen) => errors.HWS_LB_DRAIN_TIMEOUT([where, instance.id, drainTimeoutMs, seen.seen]),
  };
};

/**
 * A drain that cannot end in time is not begun: the member would be out for nothing. Where requests that end also end
 * the drain, it may.
 */
export const refuseEarly = (where: string, rule: DrainRule, seen: Standing, request: EnsureRequest): void => {
  const { drainTimeoutMs, onDrainTimeout, instance } = request;
  if (seen.state !== "in" || rule.endsEarly || onDrainTimeout === "force") return;
  if (rule.delayMs <= drainTimeoutMs) return;
  const why = `its deregistration delay is ${rule.delayMs} ms`;
  throw errors.HWS_LB_DRAIN_TIMEOUT([where, instance.id, drainTimeoutMs, why]);
};
