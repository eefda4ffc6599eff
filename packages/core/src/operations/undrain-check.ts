import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { FleetMember } from "../fleet/member.ts";
import { checkOf, mustBeHealthy } from "../fleet/switch.ts";
import { desiredPlace } from "./desired-place.ts";

/** Throws when the instance does not run the desired release, or its check does not pass. */
export const mustBeHealthyOnDesired = async (
  desk: Desk,
  member: FleetMember,
  context: OperationContext,
): Promise<void> => {
  const place = await desiredPlace(desk, context);
  const held = member.survey?.releases.find(({ id }) => id === place.release);
  if (member.release !== place.release || held?.state !== "installed")
    throw engineErrors.HWS_UNDRAIN_BEHIND([member.id, member.release ?? "no release", place.release], {
      instance: member.id,
    });
  const wanted = checkOf(place, member, { release: place.release, revision: place.revision });
  if (wanted !== undefined) await mustBeHealthy(member, wanted, desk, context);
};
