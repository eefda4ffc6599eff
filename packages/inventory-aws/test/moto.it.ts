import { type Inventory, Secret } from "@hawser/core/plugin";
import { type MotoServer, operationContext, pluginContext, startMoto } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import plugin, { type AwsInventoryOptions } from "../src/index.ts";

let moto: MotoServer;

const scaling = (action: string, parameters: Record<string, string>) =>
  moto.call("autoscaling", "2011-01-01", action, parameters);

beforeAll(async () => {
  moto = await startMoto();
  await scaling("CreateLaunchConfiguration", {
    LaunchConfigurationName: "web",
    ImageId: "ami-12c6146b",
    InstanceType: "t2.micro",
  });
  const made = { LaunchConfigurationName: "web", MinSize: "0", MaxSize: "10" };
  for (const [name, size] of [
    ["web", "4"],
    ["worker", "2"],
    ["empty", "0"],
  ])
    await scaling("CreateAutoScalingGroup", {
      ...made,
      AutoScalingGroupName: name as string,
      DesiredCapacity: size as string,
      "AvailabilityZones.member.1": "us-east-1a",
      "Tags.member.1.Key": "app",
      "Tags.member.1.Value": name as string,
      "Tags.member.1.PropagateAtLaunch": "true",
    });
});
afterAll(async () => {
  await moto[Symbol.asyncDispose]();
});

const inventoryOf = async (options: AwsInventoryOptions): Promise<Inventory> =>
  await plugin.create(
    { endpoint: moto.endpoint, accessKeyId: "test", secretAccessKey: new Secret("test"), ...options },
    pluginContext({ cacheDirectory: "/nonexistent" }),
  );

describe("inventory-aws in the wire format of the moto server", () => {
  it("lists groups with their roles, and who stands by as leaving", async () => {
    const groups = [{ autoScalingGroup: "web" }, { autoScalingGroup: "worker", roles: ["worker"] }];
    const inventory = await inventoryOf({ groups });
    const before = await inventory.list(operationContext());
    expect(before.map(({ roles }) => roles[0])).toEqual(["web", "web", "web", "web", "worker", "worker"]);
    expect(before.every(({ lifecycle }) => lifecycle === "inService")).toBe(true);
    const [first] = before;
    await scaling("EnterStandby", {
      AutoScalingGroupName: "web",
      "InstanceIds.member.1": first?.id ?? "",
      ShouldDecrementDesiredCapacity: "true",
    });
    const after = await inventory.list(operationContext());
    expect(after.find(({ id }) => id === first?.id)?.lifecycle).toBe("leaving");
  });

  it("lists by tags", async () => {
    const listed = await (await inventoryOf({ tags: { app: "worker" } })).list(operationContext());
    expect(listed.map(({ lifecycle }) => lifecycle)).toEqual(["inService", "inService"]);
  });

  it("says so when a group is empty or does not exist", async () => {
    const codeOf = async (autoScalingGroup: string) =>
      await (await inventoryOf({ autoScalingGroup })).list(operationContext()).catch((error) => error.code);
    expect(await codeOf("empty")).toBe("HWS_INVENTORY_AWS_EMPTY");
    expect(await codeOf("none")).toBe("HWS_INVENTORY_AWS_NO_GROUP");
  });

  it("finds the hook of a group, and who is not held by it", async () => {
    await scaling("PutLifecycleHook", {
      AutoScalingGroupName: "worker",
      LifecycleHookName: "hawser",
      LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      DefaultResult: "ABANDON",
    });
    const inventory = await inventoryOf({ autoScalingGroup: "worker", lifecycleHook: "hawser" });
    expect(await inventory.check?.(operationContext())).toEqual([]);
    const [instance] = await inventory.list(operationContext());
    if (instance === undefined) throw new Error("no instance");
    await inventory.complete?.({ instance, result: "ready" }, operationContext());
    await expect(inventory.heartbeat?.({ instance }, operationContext())).rejects.toMatchObject({
      code: "HWS_INVENTORY_AWS_NOT_HELD",
    });
  });
});
