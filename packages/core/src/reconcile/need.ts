import { placesOf } from "../fleet/join.ts";
import type { FleetMember } from "../fleet/member.ts";
import { runsRelease } from "../steps/shipping.ts";

/**
 * What an instance lacks. `start`: it runs nothing yet; `update`: it runs something else than what is desired; `join`: it
 * runs what is desired and stands outside a load balancer in which it belongs, or its starting is not completed.
 */
export type Need = "start" | "update" | "join";

/** What an instance that was looked at lacks; undefined when nothing. */
export const needOf = (member: FleetMember, release: string): Need | undefined => {
  const { survey, before, drain } = member;
  if (survey === undefined || before === undefined) return undefined;
  if (!runsRelease(member, release)) return before.current === null ? "start" : "update";
  if (drain !== undefined) return undefined;
  const outside = placesOf(member).some((name) => before.balancers[name] !== "in");
  return outside || member.neverServed ? "join" : undefined;
};

/** True for one that has never served: bringing it up takes nothing from anybody. */
export const isNewcomer = (member: FleetMember): boolean => member.isNew || member.neverServed;
