import type { OperationContext } from "../contracts/common.ts";
import type { Instance } from "../contracts/inventory.ts";
import type { MemberState } from "../contracts/load-balancer.ts";
import type { Desk } from "../engine/operation.ts";
import { type Membership, summary } from "../fleet/balancers.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { isOutside, leftOutIds } from "../fleet/left-out.ts";
import type { FleetMember } from "../fleet/member.ts";
import { currentOf } from "../fleet/put-back.ts";
import type { DesiredState } from "../state/desired.ts";
import type { LockState } from "../state/lock.ts";
import type { Enrolled } from "../state/roster.ts";
import type { RunSummary } from "../state/runs.ts";
import { type Need, needOf } from "./need.ts";

/** An instance that is to be worked on, and what for. */
export interface Mend {
  readonly member: FleetMember;
  readonly need: Need;
}

/** Everything that one look shows, as far as it was asked for. */
export interface Sight {
  /** Undefined before the first deploy. */
  readonly desired: DesiredState;
  readonly lock: LockState | undefined;
  /** The newest run without an end. */
  readonly open: RunSummary | undefined;
  readonly mends: readonly Mend[];
  /** Looked at, and without an answer. */
  readonly silent: readonly FleetMember[];
  /** Known to have served, and no longer in the inventory. */
  readonly vanished: readonly Enrolled[];
  /** About to go, and still in a load balancer. */
  readonly leaving: readonly Instance[];
}

/** What is known of an instance before it is asked itself. */
export interface Seen {
  readonly state: MemberState | undefined;
  readonly healthy: Membership["healthy"] | undefined;
  /** The version of what is desired. */
  readonly version: number;
}

/** Whom a look asks: every instance is in the inventory and the load balancers anyway, a session costs more. */
export type Suspects = (instance: Instance, seen: Seen) => boolean;

/** Looks at storage, inventory, load balancers and the suspects; undefined when nothing is desired yet. */
export const lookAround = async (
  desk: Pick<Desk, "stores" | "providers" | "reporter" | "control">,
  fleet: Fleet,
  suspects: Suspects,
): Promise<Sight | undefined> => {
  const { stores } = desk;
  const contextOf = (what: string): OperationContext => desk.reporter.operation(desk.control.signal, what);
  const context = contextOf("reconcile");
  const [found, lock, open, roster, drains] = await Promise.all([
    stores.desired.read(context),
    stores.lock.read(context),
    stores.runs.open(context),
    stores.roster.read(context),
    stores.drains.list(context),
  ]);
  if (found === undefined) return undefined;
  const listed = await fleet.listed(context);
  fleet.take(listed);
  const states = await desk.providers.balancers.states(listed, context);
  const isSuspect = ({ id, instance }: FleetMember): boolean => {
    const seen = states.get(id);
    const { version } = found.state;
    return suspects(instance, { state: seen && summary(seen.balancers), healthy: seen?.healthy, version });
  };
  const asked = present(fleet, listed).filter(isSuspect);
  for (const member of fleet.members) member.drain = drains.get(member.id);
  await fleet.survey(asked, context);
  const enrolled = roster && new Set(roster.map(({ id }) => id));
  for (const member of asked) {
    const seen = states.get(member.id);
    member.before = { current: currentOf(member), balancers: seen?.balancers ?? {} };
    member.loadBalancer = seen && summary(seen.balancers);
    member.healthy = seen?.healthy;
    const starting = member.instance.lifecycle === "starting";
    member.neverServed = starting || (enrolled !== undefined && !enrolled.has(member.id));
  }
  const answered = asked.filter(({ reachable }) => reachable);
  await markLeftOut({ stores, context: contextOf }, present(fleet, listed), states);
  const ids = new Set(listed.map(({ id }) => id));
  return {
    desired: found.state,
    lock,
    open,
    mends: answered.flatMap((member) => {
      const need = needOf(member, found.state.release);
      return need === undefined ? [] : [{ member, need }];
    }),
    silent: asked.filter(({ state }) => state === "unreachable"),
    vanished: (roster ?? []).filter(({ id }) => !ids.has(id)),
    leaving: listed.filter(
      ({ id, lifecycle }) => lifecycle === "leaving" && summary(states.get(id)?.balancers ?? {}) === "in",
    ),
  };
};

/** Also those that are not asked: whoever mends next is to know of them. */
const markLeftOut = async (
  operation: Parameters<typeof leftOutIds>[0],
  members: readonly FleetMember[],
  states: ReadonlyMap<string, Membership>,
): Promise<void> => {
  const outside = members.filter(
    ({ id, drain }) => drain === undefined && isOutside(states.get(id)?.balancers ?? {}),
  );
  if (outside.length === 0) return;
  const ids = await leftOutIds(operation);
  for (const member of outside) member.leftOut = ids.has(member.id);
};

/** Those of the fleet that the inventory still lists: one that left between two looks is not worked on. */
const present = (fleet: Fleet, listed: readonly Instance[]): FleetMember[] => {
  const ids = new Set(listed.filter(({ lifecycle }) => lifecycle !== "leaving").map(({ id }) => id));
  return fleet.members.filter(({ id }) => ids.has(id));
};
