import type { PinAnswer, PinReport } from "../contracts/engine-reports.ts";
import type { PinRequest } from "../contracts/engine-requests.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { releaseGrammar } from "../state/fields.ts";
import type { Pin } from "../state/pins.ts";
import { keptReason } from "./reason.ts";

export const pinReport = ({ release, who, since, why }: Pin): PinReport => ({
  release,
  who: who.user,
  host: who.host,
  ...(who.ci !== undefined && { ci: who.ci }),
  since,
  ...(why !== undefined && { why }),
});

/** Pins a release and writes down who did and why. Takes no lock: runs and prunes look at the pin itself. */
export const pin = async (desk: Desk, { release, reason }: PinRequest): Promise<PinAnswer> => {
  const context = desk.reporter.operation(desk.control.signal, "pin");
  const why = reason === undefined ? undefined : keptReason(desk, reason);
  const { pins, notes } = desk.stores;
  const { pin: set, made } = await pins.set(release, why, context);
  if (made) await notes.ofApplication({ verb: "pin", release, ...(why !== undefined && { why }) }, context);
  return { pin: pinReport(set), changed: made };
};

/** The word about it comes first: a pin that is gone without a word would be nobody's doing. */
export const unpin = async (desk: Desk, { release, reason }: PinRequest): Promise<PinAnswer> => {
  const context = desk.reporter.operation(desk.control.signal, "unpin");
  const why = reason === undefined ? undefined : keptReason(desk, reason);
  const { pins, notes } = desk.stores;
  if (!releaseGrammar.test(release)) throw engineErrors.HWS_RELEASE_UNKNOWN([release]);
  const held = await pins.read(release, context);
  if (held === undefined) return { changed: false };
  await notes.ofApplication({ verb: "unpin", release, ...(why !== undefined && { why }) }, context);
  await pins.remove(release, context);
  return { pin: pinReport(held), changed: true };
};
