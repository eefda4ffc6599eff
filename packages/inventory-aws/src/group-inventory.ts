import type { Inventory } from "@hawser/core/plugin";
import type { AwsInventory } from "./aws-inventory.ts";
import type { LaunchingHook } from "./hook.ts";
import type { ScalingProcesses } from "./processes.ts";

export interface GroupAbilities {
  readonly groups: readonly string[];
  /** Holds new machines until they are told that they are ready. */
  readonly hook: LaunchingHook | undefined;
  readonly processes: ScalingProcesses;
  /** The processes that a run suspends; none: it suspends nothing. */
  readonly suspend: readonly string[];
}

/**
 * The inventory of autoscaling groups, with what their service can be told. What an earlier config suspended can always be given
 * back.
 */
export const groupInventory = (
  inventory: AwsInventory,
  { groups, hook, processes, suspend }: GroupAbilities,
): Inventory => ({
  list: async (context) => await inventory.list(context),
  check: async (context) => [
    ...(await inventory.check(context)),
    ...((await hook?.check(groups, context)) ?? []),
  ],
  ...(hook !== undefined && {
    complete: async ({ instance, result }, context) => await hook.complete(instance.id, result, context),
    heartbeat: async ({ instance }, context) => await hook.heartbeat(instance.id, context),
  }),
  ...(suspend.length > 0 && {
    suspendable: async (context) => await processes.suspendable(suspend, context),
    suspend: async ({ suspension }, context) => await processes.suspend(suspension, context),
  }),
  restore: async ({ suspension }, context) => await processes.restore(suspension, context),
  [Symbol.asyncDispose]: async () => await inventory[Symbol.asyncDispose](),
});
