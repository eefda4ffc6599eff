import type { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import type { DesiredState } from "./desired.ts";

const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** What is to be said of a desired state that counts no more, or not much longer; undefined when nothing is. */
export const expiryWarning = (
  { expires, updated }: Pick<DesiredState, "expires" | "updated">,
  nowSeconds: number = Date.now() / 1000,
): HawserError | undefined => {
  if (expires === undefined) return undefined;
  const left = expires - nowSeconds;
  if (left <= 0) return stateErrors.HWS_STATE_EXPIRED([timeText(expires)]);
  return left < (expires - updated) / 4 ? stateErrors.HWS_STATE_EXPIRING([timeText(expires)]) : undefined;
};

/** Whether it is to be said anew: it ends before long, or has an end where the config wants none, or none where it wants one. */
export const wantsRenewal = (
  state: Pick<DesiredState, "expires" | "updated">,
  lifetimeSeconds: number | undefined,
): boolean =>
  (state.expires === undefined) !== (lifetimeSeconds === undefined) || expiryWarning(state) !== undefined;
