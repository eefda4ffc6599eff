import type { Membership } from "./balancers.ts";
import { shareOf } from "./share.ts";

/** What would be left of a load balancer. */
export interface Shortage {
  readonly balancer: string;
  /** How many healthy members it must keep. */
  readonly least: number;
}

/** Whether a member takes requests in a load balancer and is not known to be ill there. */
const serves = ({ balancers, health }: Membership, name: string): boolean =>
  balancers[name] === "in" && health[name] !== "no";

/**
 * The first of the load balancers that would have too few healthy members without some: each counts its own members only. Where
 * none of those who go serves, nothing is lost.
 */
export const shortageWithout = (
  going: { readonly ids: ReadonlySet<string>; readonly away: ReadonlySet<string> },
  states: ReadonlyMap<string, Membership>,
  minHealthy: number | string,
): Shortage | undefined => {
  const names = new Set(
    [...going.ids].flatMap((id) => {
      const membership = states.get(id);
      return membership === undefined
        ? []
        : Object.keys(membership.balancers).filter((name) => serves(membership, name));
    }),
  );
  for (const balancer of names) {
    const members = [...states].filter(([, { balancers }]) => balancer in balancers);
    const least = Math.max(1, shareOf(minHealthy, members.length, 0));
    const left = members.filter(
      ([id, membership]) => !going.ids.has(id) && !going.away.has(id) && serves(membership, balancer),
    );
    if (left.length < least) return { balancer, least };
  }
  return undefined;
};
