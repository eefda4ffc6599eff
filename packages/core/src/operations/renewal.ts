import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { acceptedVersion } from "../fleet/trust.ts";
import { openFleet } from "./workplace.ts";

/**
 * Says anew what the environment desires, where the config limits how long that counts. The fleet is asked first: a state
 * that somebody put back into storage must not become a new one by this. Gives until when it counts, seconds since 1970;
 * null: for ever, or nothing is desired.
 */
export const renewDesired = async (desk: Desk): Promise<number | null> => {
  const { desired, signatures } = desk.stores;
  const context = desk.reporter.operation(desk.control.signal, "renew");
  const state = (await desired.read(context))?.state;
  if (state === undefined) return null;
  if (signatures.lifetimeSeconds === undefined && state.expires === undefined) return null;
  await refuseOlder(desk, state.version);
  return (await desired.renew(context))?.expires ?? null;
};

/** Who does not answer cannot say what it has accepted; where nobody of a fleet answers, nothing is known. */
const refuseOlder = async (desk: Desk, version: number): Promise<void> => {
  await using fleet = openFleet(desk, false);
  const context = desk.reporter.operation(desk.control.signal, "survey");
  await fleet.survey(await fleet.list(context), context);
  const accepted = acceptedVersion(fleet.members);
  if (accepted > version) throw engineErrors.HWS_FLEET_OLD_DESIRED([version, accepted]);
  const silent = fleet.members.filter(({ survey }) => survey === undefined).map(({ id }) => id);
  if (silent.length === 0) return;
  const error = engineErrors.HWS_FLEET_UNREACHABLE([silent]);
  if (silent.length === fleet.members.length) throw error;
  desk.reporter.warn(error.report());
};
