import { HawserError, type Inventory, Secret } from "@hawser/core/plugin";
import {
  type AwsScalingGroup,
  type AwsServer,
  operationContext,
  pluginContext,
  startAwsStandIn,
  startMoto,
} from "@hawser/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import plugin from "../src/index.ts";
import { inventoryOf } from "./aws-fleet.ts";

const suspend = ["Launch", "AZRebalance", "Terminate"];
const groups = [{ autoScalingGroup: "web" }, { autoScalingGroup: "worker", roles: ["worker"] }];

let aws: AwsServer;
let inventory: Inventory;
let web: AwsScalingGroup;
let worker: AwsScalingGroup;

beforeAll(async () => {
  aws = await startAwsStandIn();
  web = aws.account.addScalingGroup("web");
  worker = aws.account.addScalingGroup("worker");
  inventory = await inventoryOf(aws, { groups, suspend });
});
beforeEach(() => {
  aws.throttleEvery = 0;
  for (const group of [web, worker]) group.suspended.clear();
});
afterAll(() => aws?.[Symbol.asyncDispose]());

const now = () => [web, worker].map(({ suspended }) => [...suspended].sort());

describe("processes that a run suspends", () => {
  it("are those that nobody suspended before, and exactly they are given back", async () => {
    web.suspended.add("AZRebalance").add("ScheduledActions");
    const suspension = await inventory.suspendable?.(operationContext());
    expect(JSON.parse(JSON.stringify(suspension))).toEqual({
      groups: [
        { name: "web", processes: ["Launch", "Terminate"] },
        { name: "worker", processes: suspend },
      ],
    });
    if (suspension === undefined) throw new Error("nothing to suspend");
    for (const _ of [1, 2]) {
      await inventory.suspend?.({ suspension }, operationContext());
      expect(now()).toEqual([
        ["AZRebalance", "Launch", "ScheduledActions", "Terminate"],
        ["AZRebalance", "Launch", "Terminate"],
      ]);
    }
    for (const _ of [1, 2]) {
      await inventory.restore?.({ suspension }, operationContext());
      expect(now()).toEqual([["AZRebalance", "ScheduledActions"], []]);
    }
  });

  it("are none where all are suspended already", async () => {
    for (const group of [web, worker]) for (const each of suspend) group.suspended.add(each);
    expect(await inventory.suspendable?.(operationContext())).toBeUndefined();
  });

  it("are given back also when the config suspends none any more", async () => {
    web.suspended.add("Launch");
    const later = await inventoryOf(aws, { groups });
    expect(later.suspend).toBeUndefined();
    const suspension = { groups: [{ name: "web", processes: ["Launch"] }] };
    await later.restore?.({ suspension }, operationContext());
    expect(now()).toEqual([[], []]);
  });

  it.each([
    ["another group", [{ name: "other", processes: ["Launch"] }]],
    ["an unknown process", [{ name: "web", processes: ["Everything"] }]],
    ["no process, which is all of them to AWS", [{ name: "web", processes: [] }]],
    ["no list", "web"],
    ["a good group and a bad one", [{ name: "web", processes: ["Launch"] }, null]],
  ])("are refused as a record of %s, and nothing is changed", async (_, recorded) => {
    web.suspended.add("Launch");
    const asked = aws.requests.length;
    const failed = await inventory
      .restore?.({ suspension: { groups: recorded } }, operationContext())
      .catch((error: unknown) => error);
    expect(HawserError.is(failed, "HWS_INVENTORY_AWS_SUSPENSION")).toBe(true);
    expect(aws.requests.length).toBe(asked);
  });

  it("are refused as an option when AWS has no such process, or there is no group", async () => {
    expect(plugin.schema.properties.suspend).toMatchObject({
      items: { enum: expect.arrayContaining(suspend) },
    });
    await expect(inventoryOf(aws, { tags: { app: "shop" }, suspend })).rejects.toMatchObject({
      code: "HWS_INVENTORY_AWS_OPTION",
    });
  });

  it("speak the wire format of the moto server", async () => {
    await using moto = await startMoto();
    const scaling = (action: string, parameters: Record<string, string>) =>
      moto.call("autoscaling", "2011-01-01", action, parameters);
    await scaling("CreateLaunchConfiguration", {
      LaunchConfigurationName: "web",
      ImageId: "ami-12c6146b",
      InstanceType: "t2.micro",
    });
    await scaling("CreateAutoScalingGroup", {
      AutoScalingGroupName: "web",
      LaunchConfigurationName: "web",
      MinSize: "0",
      MaxSize: "2",
      DesiredCapacity: "1",
      "AvailabilityZones.member.1": "us-east-1a",
    });
    await scaling("SuspendProcesses", {
      AutoScalingGroupName: "web",
      "ScalingProcesses.member.1": "AZRebalance",
    });
    const own = await plugin.create(
      {
        endpoint: moto.endpoint,
        accessKeyId: "test",
        secretAccessKey: new Secret("test"),
        autoScalingGroup: "web",
        suspend,
      },
      pluginContext({ cacheDirectory: "/nonexistent" }),
    );
    const suspension = await own.suspendable?.(operationContext());
    expect(suspension).toEqual({ groups: [{ name: "web", processes: ["Launch", "Terminate"] }] });
    if (suspension === undefined) throw new Error("nothing to suspend");
    await own.suspend?.({ suspension }, operationContext());
    expect(await own.suspendable?.(operationContext())).toBeUndefined();
    await own.restore?.({ suspension }, operationContext());
    expect(await own.suspendable?.(operationContext())).toEqual(suspension);
  });
});
