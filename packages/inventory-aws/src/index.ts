import { checkAccess, LazyClient } from "@hawser/aws";
import { definePlugin, type Inventory, type Plugin } from "@hawser/core/plugin";
import { AwsInventory } from "./aws-inventory.ts";
import { type Choice, choiceOf } from "./choice.ts";
import { groupInventory } from "./group-inventory.ts";
import { LaunchingHook } from "./hook.ts";
import { type AwsInventoryOptions, schema } from "./options.ts";
import { ScalingProcesses } from "./processes.ts";

export type { AddressType, AwsInventoryOptions, ScalingGroupOption } from "./options.ts";

const inventoryOf = (options: AwsInventoryOptions, choice: Choice): Inventory => {
  checkAccess(options);
  const scaling = new LazyClient(
    options,
    () => import("@aws-sdk/client-auto-scaling"),
    (sdk, config) => new sdk.AutoScalingClient(config),
  );
  const machines = new LazyClient(
    options,
    () => import("@aws-sdk/client-ec2"),
    (sdk, config) => new sdk.EC2Client(config),
  );
  const inventory = new AwsInventory(choice, options, scaling, machines);
  if (choice.kind !== "groups") return inventory;
  const groups = choice.groups.map(({ name }) => name);
  const { lifecycleHook, suspend = [] } = options;
  return groupInventory(inventory, {
    groups,
    hook: lifecycleHook === undefined ? undefined : new LaunchingHook(lifecycleHook, scaling),
    processes: new ScalingProcesses(scaling, groups),
    suspend,
  });
};

/** The instances of AWS autoscaling groups, or of EC2 by their tags. */
const plugin: Plugin<"inventory", AwsInventoryOptions> = definePlugin({
  kind: "inventory",
  name: "@hawser/inventory-aws",
  schema,
  // Machines with a tag may be started by anybody; those of a group start by themselves.
  elastic: ({ tags }) => tags === undefined,
  create: (options) => inventoryOf(options, choiceOf(options)),
});

export default plugin;
