import type { Outcome } from "../contracts/events.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { reconcileErrors } from "../errors/reconcile-codes.ts";
import type { Account } from "./account.ts";

/** How a turn ended. */
export interface TurnEnd {
  readonly outcome: Outcome;
  readonly error?: HawserError;
}

/** What became of a turn, by what it did and by what ended it before its end. */
export const endOf = (account: Account, failure?: HawserError): TurnEnd => {
  if (failure !== undefined) {
    const stopped = failure.code === "HWS_RUN_STOPPED" || failure.code === "HWS_RUN_CANCELLED";
    if (stopped || failure.code.endsWith("_FENCED")) return { outcome: "interrupted", error: failure };
    return { outcome: account.changed ? "incomplete" : "untouched", error: failure };
  }
  const [first] = account.failed.values();
  if (first !== undefined) {
    const error = reconcileErrors.HWS_RECONCILE_SPLIT([[...account.failed.keys()].sort()], { cause: first });
    error.suppressed.push(...account.failed.values());
    return { outcome: "split", error };
  }
  const outcome = account.changed ? "done" : "unchanged";
  const silent = account.silent.map(({ id }) => id);
  return silent.length === 0
    ? { outcome }
    : {
        outcome: account.changed ? "incomplete" : "untouched",
        error: engineErrors.HWS_FLEET_UNREACHABLE([silent]),
      };
};
