import type { OperationContext } from "../contracts/common.ts";
import type { HoldAnswer } from "../contracts/engine-reports.ts";
import type { HoldRequest, UnholdRequest } from "../contracts/engine-requests.ts";
import type { HoldReport } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { describeHold, type Held, lastMoment } from "../state/hold.ts";
import { keptReason } from "./reason.ts";

export const holdReport = ({ who, why, since, until }: Held): HoldReport => ({
  who: who.user,
  host: who.host,
  ...(who.ci !== undefined && { ci: who.ci }),
  why,
  since,
  ...(until !== undefined && { until }),
});

/** Holds deploys and writes down who did and why. Takes no lock: a run that holds it looks before each wave. */
export const hold = async (desk: Desk, { reason, until }: HoldRequest): Promise<HoldAnswer> => {
  const context = desk.reporter.operation(desk.control.signal, "hold");
  const why = keptReason(desk, reason);
  const end = until === undefined ? undefined : endOf(until);
  const held = await desk.stores.hold.set({ why, until: end }, context);
  await desk.stores.notes.ofEnvironment(
    { verb: "hold", why, ...(end !== undefined && { until: end }) },
    context,
  );
  return { hold: holdReport(held), changed: true };
};

/** The word about it comes first: a hold that is over without a word would be nobody's doing. */
export const unhold = async (desk: Desk, { reason }: UnholdRequest): Promise<HoldAnswer> => {
  const context = desk.reporter.operation(desk.control.signal, "unhold");
  const why = reason === undefined ? undefined : keptReason(desk, reason);
  const { hold: holds, notes } = desk.stores;
  if ((await holds.read(context)) === undefined) return { changed: false };
  await notes.ofEnvironment({ verb: "unhold", ...(why !== undefined && { why }) }, context);
  const lifted = await holds.lift(context);
  return { ...(lifted !== undefined && { hold: holdReport(lifted) }), changed: lifted !== undefined };
};

const endOf = (until: number): number => {
  const end = Math.ceil(until);
  if (!(end <= lastMoment)) throw engineErrors.HWS_HOLD_UNTIL([String(until)]);
  if (end <= Date.now()) throw engineErrors.HWS_HOLD_UNTIL([new Date(end).toISOString()]);
  return end;
};

/** Stops a deploy while deploys of its environment are held. */
export const refuseHeld = async (
  { stores, config }: Pick<Desk, "stores" | "config">,
  context: OperationContext,
): Promise<void> => {
  const held = await stores.hold.read(context);
  if (held === undefined) return;
  const place = config.environment || "the top level";
  throw engineErrors.HWS_HOLD_HELD([place, describeHold(held)], { details: { ...holdReport(held) } });
};
