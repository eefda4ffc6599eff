import type { Instance } from "../contracts/inventory.ts";
import type { EnsureRequest } from "../contracts/load-balancer.ts";
import type { Operation } from "../engine/operation.ts";
import { ensureRequest } from "./ensure-request.ts";
import type { Before, FleetMember } from "./member.ts";

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
  if (await takeAway(operation, member.instance, state, "leave out")) member.loadBalancer = state;
};

/** Takes an instance out of every load balancer of its roles. Gives whether there is one. */
export const takeAway = async (
  operation: Operation,
  instance: Instance,
  state: EnsureRequest["state"],
  step: string,
): Promise<boolean> => {
  const { config, providers } = operation.desk;
  if (!providers.balancers.carries(instance)) return false;
  await operation.guard();
  const request = ensureRequest(config.rollout, instance, state);
  await providers.balancers.ensure(
    // Nobody is served by a machine that no longer exists.
    state === "absent" ? { ...request, onDrainTimeout: "force" } : request,
    undefined,
    operation.context(step, instance.id),
  );
  return true;
};

/** A run that mends hands on whom an earlier one left out, however it ended. */
const isMending = (verb: string, outcome: string): boolean => verb === "reconcile" && outcome !== "open";

/** Whom the last run that shipped or mended left outside the load balancers, and no person. */
export const leftOutIds = async (
  operation: Pick<Operation, "stores" | "context">,
): Promise<ReadonlySet<string>> => {
  const runs = await operation.stores.runs.list({ limit: runsToRead }, operation.context("survey"));
  const last = runs.find(
    ({ outcome, verb }) => outcome === "done" || outcome === "incomplete" || isMending(verb, outcome),
  );
  return new Set(last?.leftOut);
};

/** Marks those of whom this run knows that no person took them out: it brings them in again. */
export const recogniseLeftOut = async (
  operation: Operation,
  members: readonly FleetMember[],
): Promise<void> => {
  const outside = members.filter(({ before }) => isOutside(before?.balancers ?? {}));
  if (outside.length === 0) return;
  const ids = await leftOutIds(operation);
  for (const member of outside) member.leftOut = ids.has(member.id);
};

/** Where out is not registered, the next run finds absent whom this one took out. */
export const isOutside = (balancers: Before["balancers"]): boolean =>
  Object.values(balancers).some((state) => state === "out" || state === "absent");
