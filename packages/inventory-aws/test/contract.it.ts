import { type AwsServer, describeInventory, type InventoryTrial, startAwsStandIn } from "@hawser/testkit";
import type { AwsInventoryOptions } from "../src/index.ts";
import { inventoryOf } from "./aws-fleet.ts";

const trialOf = async (
  aws: AwsServer,
  options: AwsInventoryOptions,
  broken: string,
): Promise<InventoryTrial> => ({
  inventory: await inventoryOf(aws, options),
  empty: async () => {
    for (const group of aws.account.scalingGroups.values()) for (const id of group.ids) group.remove(id);
    aws.account.machines.clear();
  },
  damage: async () => {
    aws.alter = (_, text) => text.replace(broken, "");
  },
  [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
});

const addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"];

describeInventory("inventory-aws of an autoscaling group, in pages of two", {
  create: async () => {
    const aws = await startAwsStandIn();
    aws.pageSize = 2;
    const group = aws.account.addScalingGroup("web");
    for (const address of addresses) group.put(aws.account.addMachine({ address }));
    return await trialOf(aws, { autoScalingGroup: "web" }, "<LifecycleState>InService</LifecycleState>");
  },
});

describeInventory("inventory-aws of several groups", {
  create: async () => {
    const aws = await startAwsStandIn();
    aws.pageSize = 1;
    const groups = ["web", "worker"].map((name) => aws.account.addScalingGroup(name));
    for (const [at, address] of addresses.entries()) groups[at % 2]?.put(aws.account.addMachine({ address }));
    const chosen = [{ autoScalingGroup: "web" }, { autoScalingGroup: "worker", roles: ["worker"] }];
    return await trialOf(aws, { groups: chosen }, "</AutoScalingGroupName>");
  },
});

describeInventory("inventory-aws by tags", {
  create: async () => {
    const aws = await startAwsStandIn();
    aws.pageSize = 2;
    for (const address of addresses) aws.account.addMachine({ address, tags: { app: "shop" } });
    return await trialOf(aws, { tags: { app: "shop" } }, "</reservationSet>");
  },
});
