import type { Operation } from "../engine/operation.ts";
import type { Drain } from "../state/drains.ts";
import { ensureRequest } from "./ensure-request.ts";
import { type FleetMember, namesIn } from "./member.ts";
import { tellReadmitted } from "./standing.ts";

/**
 * Puts the member in where it was in, and where it is not known yet; everywhere when it is new or was left out by an earlier
 * run. Whom a person drained stays out, and so does a member that was out before the run with no word of ours.
 */
export const join = async (operation: Operation, member: FleetMember): Promise<void> =>
  await joinAt(operation, member, placesOf(member));

/** The load balancers in which it belongs. */
export const placesOf = (member: FleetMember): string[] =>
  member.isNew || member.neverServed || member.leftOut
    ? Object.keys(member.before?.balancers ?? {})
    : [...servedIn(member), ...namesIn(member, "absent")];

/** Puts the member in where it was in before the run, and nowhere else. */
export const rejoin = async (operation: Operation, member: FleetMember): Promise<void> =>
  await joinAt(operation, member, servedIn(member));

/** The load balancers in which it took requests before the run, or when the run took it out. */
const servedIn = (member: FleetMember): string[] => [
  ...new Set([...namesIn(member, "in"), ...member.takenFrom]),
];

/** Puts the member into these load balancers; whom a person drained stays out of all. */
export const joinAt = async (
  operation: Operation,
  member: FleetMember,
  names: readonly string[],
): Promise<void> => {
  const { balancers } = operation.desk.providers;
  if (balancers.carries(member.instance) && !(await staysDrained(operation, member)) && names.length > 0) {
    operation.reporter.instance(member, "joining");
    await tellReadmitted(operation, member);
    await operation.guard();
    const request = ensureRequest(operation.desk.config.rollout, member.instance, "in");
    await balancers.ensure(request, names, operation.context("join", member.id));
    member.loadBalancer = "in";
    member.joined = names;
    member.takenOut = false;
    member.healthy = "yes";
    // Who drained it meanwhile recorded so first: either sees the other.
    await staysDrained(operation, member);
  }
  operation.reporter.instance(member, "active", member.drain && drainedText(member.drain));
};

/** Reads whether a person drained it; then it is out, wherever it stood. */
const staysDrained = async (operation: Operation, member: FleetMember): Promise<boolean> => {
  const { desk, stores } = operation;
  const context = operation.context("join", member.id);
  member.drain = await stores.drains.read(member.id, context);
  if (member.drain === undefined) return false;
  await operation.guard();
  const request = ensureRequest(desk.config.rollout, member.instance, "out");
  await desk.providers.balancers.ensure(request, undefined, context);
  member.loadBalancer = "out";
  member.joined = [];
  return true;
};

const drainedText = ({ who, why }: Drain): string => `stays out: drained by ${who.user}@${who.host}: ${why}`;
