import type { Instance } from "../contracts/inventory.ts";
import type { EnsureRequest } from "../contracts/load-balancer.ts";
import type { Operation } from "../engine/operation.ts";
import type { Enrolled } from "../state/roster.ts";

const ensure = async (
  operation: Operation,
  instance: Instance,
  how: Pick<EnsureRequest, "state" | "onDrainTimeout">,
): Promise<void> => {
  const { balancers } = operation.desk.providers;
  if (!balancers.carries(instance)) return;
  await operation.guard();
  const { drainTimeoutMs } = operation.desk.config.rollout;
  await balancers.ensure(
    { instance, drainTimeoutMs, ...how },
    undefined,
    operation.context("departed", instance.id),
  );
};

/** Takes those that are no longer in the inventory out of every load balancer of their roles, then off the roster. */
export const removeVanished = async (operation: Operation, vanished: readonly Enrolled[]): Promise<void> => {
  if (vanished.length === 0) return;
  for (const known of vanished) {
    // Nobody is served by a machine that no longer exists.
    const how = { state: "absent", onDrainTimeout: "force" } as const;
    await ensure(operation, { ...known, lifecycle: "leaving" }, how);
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

/** Drains those that are about to go. */
export const drainLeaving = async (operation: Operation, leaving: readonly Instance[]): Promise<void> => {
  const { onDrainTimeout } = operation.desk.config.rollout;
  for (const instance of leaving) {
    operation.reporter.emit({
      type: "instance",
      instance: instance.id,
      roles: instance.roles,
      state: "draining",
      detail: "it is leaving",
    });
    await ensure(operation, instance, { state: "out", onDrainTimeout });
  }
};
