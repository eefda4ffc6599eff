import type { FleetMember } from "../fleet/member.ts";
import { runsRelease } from "../steps/shipping.ts";

/**
 * What an instance lacks. `start`: it runs nothing yet; `update`: it runs something else than what is desired; `join`: it
 * runs what is desired and stands outside a load balancer in which it belongs, or its starting is not completed.
 */
export type Need = "start" | "update" | "join";

/** Whether nobody can have taken it out on purpose: it is new, or an earlier run left it out. */
const joinsAnywhere = (member: FleetMember): boolean =>
  member.isNew || member.neverServed || member.leftOut || member.instance.lifecycle === "starting";

/**
 * The load balancers that it is to be in. A member that is out, with no run of ours that left it so, was taken out by a
 * person and stays; so does one of whom a person said so.
 */
export const placesOf = (member: FleetMember): string[] => {
  if (member.keptOut) return [];
  const places = Object.entries(member.before?.balancers ?? {});
  return places
    .filter(([, state]) => state === "in" || state === "absent" || joinsAnywhere(member))
    .map(([name]) => name);
};

/** What an instance that was looked at lacks; undefined when nothing. */
export const needOf = (member: FleetMember, release: string): Need | undefined => {
  const { survey, before, instance } = member;
  if (survey === undefined || before === undefined) return undefined;
  if (!runsRelease(member, release)) return before.current === null ? "start" : "update";
  const outside = placesOf(member).some((name) => before.balancers[name] !== "in");
  const incomplete = instance.lifecycle === "starting" || (member.neverServed && !member.keptOut);
  return outside || incomplete ? "join" : undefined;
};

/** True for one that has never served at the release that is desired: bringing it up takes nothing from anybody. */
export const isNewcomer = (member: FleetMember): boolean =>
  member.isNew || member.neverServed || member.instance.lifecycle === "starting";
