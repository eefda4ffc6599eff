import { engineErrors } from "../errors/engine-codes.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FleetMember } from "../fleet/member.ts";

/** The members that a person named, or that have a role; what names nobody is an error. */
export const chosenMembers = (
  fleet: Fleet,
  { instances, role }: { readonly instances?: readonly string[]; readonly role?: string },
): readonly FleetMember[] => {
  const ids = [...new Set(instances ?? [])];
  const unknown = ids.filter((id) => fleet.get(id) === undefined);
  if (unknown.length > 0)
    throw engineErrors.HWS_FLEET_UNKNOWN([unknown, fleet.members.map((member) => member.id)]);
  const named = ids.length === 0 ? fleet.members : ids.flatMap((id) => fleet.get(id) ?? []);
  const chosen = named.filter(({ instance }) => role === undefined || instance.roles.includes(role));
  if (chosen.length === 0) throw engineErrors.HWS_FLEET_NO_ROLE([role ?? ""]);
  return chosen;
};
