import type { EnsureRequest } from "../contracts/load-balancer.ts";
import type { Operation } from "../engine/operation.ts";
import type { FleetMember } from "./member.ts";

/** How far back the run is looked for that left an instance out. */
const runsToRead = 20;

/**
 * Settles the load balancers for those the run could not work on: who is silent is taken out, since it would come
 * back with another release; who is gone is deregistered.
 */
export const leaveOutAbsent = async (operation: Operation): Promise<void> => {
  for (const member of operation.fleet.members) {
    if (member.state === "unreachable") await bring(operation, member, "out");
    if (member.state === "gone") await bring(operation, member, "absent");
  }
};

const bring = async (
  operation: Operation,
  member: FleetMember,
  state: EnsureRequest["state"],
): Promise<void> => {
  const { balancers } = operation.desk.providers;
  if (!balancers.carries(member.instance)) return;
  const { drainTimeoutMs, onDrainTimeout } = operation.desk.config.rollout;
  await operation.guard();
  await balancers.ensure(
    {
      instance: member.instance,
      state,
      drainTimeoutMs,
      // Nobody is served by a machine that no longer exists.
      onDrainTimeout: state === "absent" ? "force" : onDrainTimeout,
    },
    undefined,
    operation.context("leave out", member.id),
  );
  member.loadBalancer = state;
};

/**
 * Marks who stands outside the load balancer only because the last run that shipped could not reach it: this run
 * brings it in again. Who was taken out by a person stays out.
 */
export const recogniseLeftOut = async (
  operation: Operation,
  members: readonly FleetMember[],
): Promise<void> => {
  // Where out is not registered, the next run finds absent whom this one took out.
  const outside = members.filter(({ before }) =>
    Object.values(before?.balancers ?? {}).some((state) => state === "out" || state === "absent"),
  );
  if (outside.length === 0) return;
  const runs = await operation.stores.runs.list({ limit: runsToRead }, operation.context("survey"));
  const shipped = runs.find(({ outcome }) => outcome === "done" || outcome === "incomplete");
  for (const member of outside) member.leftOut = shipped?.silent.includes(member.id) ?? false;
};
