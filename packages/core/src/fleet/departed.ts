import type { Instance } from "../contracts/inventory.ts";
import type { Operation } from "../engine/operation.ts";
import type { Enrolled } from "../state/roster.ts";
import { takeAway } from "./left-out.ts";

/** Takes those that are no longer in the inventory out of every load balancer of their roles, then off the roster. */
export const removeVanished = async (operation: Operation, vanished: readonly Enrolled[]): Promise<void> => {
  if (vanished.length === 0) return;
  for (const known of vanished) {
    await takeAway(operation, { ...known, lifecycle: "leaving" }, "absent", "departed");
    operation.reporter.emit({
      type: "instance",
      instance: known.id,
      roles: known.roles,
      state: "gone",
      detail: "no longer in the inventory: removed from the load balancers",
    });
  }
  await operation.stores.roster.change({ gone: vanished.map(({ id }) => id) }, operation.context("roster"));
};

/** Takes a run's instances onto the roster, and those that are no longer in the inventory off it and out of service. */
export const keepRoster = async (operation: Operation): Promise<void> => {
  const { fleet, stores } = operation;
  const context = operation.context("roster");
  const [known, listed] = await Promise.all([stores.roster.read(context), fleet.listed(context)]);
  const ids = new Set(listed.map(({ id }) => id));
  // Of the first roster nobody is missing who may have served: whoever is silent is on it, too.
  const joined = fleet.members.filter(
    ({ id, reachable }) => ids.has(id) && (reachable || known === undefined),
  );
  await stores.roster.change({ joined: joined.map(({ instance }) => instance) }, context);
  await removeVanished(
    operation,
    (known ?? []).filter(({ id }) => !ids.has(id)),
  );
};

/** Drains those that are about to go. */
export const drainLeaving = async (operation: Operation, leaving: readonly Instance[]): Promise<void> => {
  for (const instance of leaving) {
    operation.reporter.emit({
      type: "instance",
      instance: instance.id,
      roles: instance.roles,
      state: "draining",
      detail: "it is leaving",
    });
    await takeAway(operation, instance, "out", "departed");
  }
};
