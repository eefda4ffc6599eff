import type { Member, MemberState } from "@hawser/core/plugin";

/** How one target group or classic load balancer stands to an instance. */
export interface Standing {
  readonly state: MemberState;
  readonly healthy: Member["healthy"];
  /** What AWS says of it, for people. */
  readonly seen: string;
  /** Its health is never known, since nobody checks it. */
  readonly isUnchecked?: boolean;
}

export const absent: Standing = { state: "absent", healthy: "unknown", seen: "not registered" };

// Out at one and draining at another is draining: it still serves.
const states: readonly MemberState[] = ["in", "out", "draining", "absent"];
const healths: readonly Member["healthy"][] = ["yes", "unknown", "no"];

const worse = <T>(order: readonly T[], a: T, b: T): T => (order.indexOf(a) > order.indexOf(b) ? a : b);

/** The worst over several groups. */
export const worst = (standings: readonly Standing[]): Pick<Member, "state" | "healthy"> =>
  standings
    .map(({ state, healthy }) => ({ state, healthy }))
    .reduce((a, b) => ({
      state: worse(states, a.state, b.state),
      healthy: worse(healths, a.healthy, b.healthy),
    }));
