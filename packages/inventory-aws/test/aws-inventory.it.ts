import { HawserError } from "@hawser/core/plugin";
import { type AwsServer, operationContext, startAwsStandIn } from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inventoryOf } from "./aws-fleet.ts";

let aws: AwsServer;
beforeEach(async () => {
  aws = await startAwsStandIn();
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
});

const failure = async (work: Promise<unknown>): Promise<HawserError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!HawserError.is(error)) throw new Error(`no HawserError: ${String(error)}`);
  return error;
};

describe("instances of an autoscaling group", () => {
  it.each([
    ["Pending", "starting"],
    ["Pending:Wait", "starting"],
    ["Pending:Proceed", "starting"],
    ["InService", "inService"],
    ["EnteringStandby", "leaving"],
    ["Standby", "leaving"],
    ["Terminating", "leaving"],
    ["Terminating:Wait", "leaving"],
    ["Detaching", "leaving"],
    ["Warmed:Stopped", "leaving"],
  ])("that are %s are %s", async (state, lifecycle) => {
    const group = aws.account.addScalingGroup("web");
    const machine = aws.account.addMachine({ address: "10.0.0.1" });
    group.put(machine, state);
    const [instance] = await (await inventoryOf(aws, { autoScalingGroup: "web" })).list(operationContext());
    expect(instance).toEqual({ id: machine.id, address: "10.0.0.1", roles: ["web"], lifecycle });
  });

  it("that EC2 takes away are leaving, whatever autoscaling says yet", async () => {
    const group = aws.account.addScalingGroup("web");
    group.put(aws.account.addMachine({ address: "10.0.0.1", state: "shutting-down" }));
    const listed = await (await inventoryOf(aws, { autoScalingGroup: "web" })).list(operationContext());
    expect(listed.map(({ lifecycle }) => lifecycle)).toEqual(["leaving"]);
  });

  it("in an unknown state are an error, never left out", async () => {
    aws.account.addScalingGroup("web").put(aws.account.addMachine({ address: "10.0.0.1" }), "Dreaming");
    const error = await failure(
      (await inventoryOf(aws, { autoScalingGroup: "web" })).list(operationContext()),
    );
    expect(error.code).toBe("HWS_INVENTORY_AWS_STATE");
  });

  it("that EC2 does not tell of are an error that may pass", async () => {
    const group = aws.account.addScalingGroup("web");
    group.put(aws.account.addMachine({ address: "10.0.0.1" }));
    const young = aws.account.addMachine({ address: "10.0.0.2" });
    group.put(young);
    aws.account.machines.delete(young.id);
    const error = await failure(
      (await inventoryOf(aws, { autoScalingGroup: "web" })).list(operationContext()),
    );
    expect(error).toMatchObject({ code: "HWS_INVENTORY_AWS_PARTIAL", retryable: true });
  });

  it("are all there when they take many pages and calls", async () => {
    aws.pageSize = 70;
    const group = aws.account.addScalingGroup("web");
    for (let at = 0; at < 450; at++)
      group.put(aws.account.addMachine({ address: `10.0.${at >> 8}.${at & 255}` }));
    const listed = await (await inventoryOf(aws, { autoScalingGroup: "web" })).list(operationContext());
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(group.ids));
  });

  it("are all there while every third call is throttled", async () => {
    aws.pageSize = 1;
    const group = aws.account.addScalingGroup("web");
    for (let at = 0; at < 9; at++) group.put(aws.account.addMachine({ address: `10.0.0.${at}` }));
    aws.throttleEvery = 3;
    const listed = await (await inventoryOf(aws, { autoScalingGroup: "web" })).list(operationContext());
    expect(listed).toHaveLength(9);
  });

  it("have the roles of their group, of the tag, and the host key of its tag", async () => {
    const tags = { roles: "web, cron", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==" };
    aws.account.addScalingGroup("web").put(aws.account.addMachine({ address: "10.0.0.1", tags }));
    aws.account.addScalingGroup("worker").put(aws.account.addMachine({ address: "10.0.0.2" }));
    const groups = [{ autoScalingGroup: "web" }, { autoScalingGroup: "worker", roles: ["worker"] }];
    const inventory = await inventoryOf(aws, { groups, roleTag: "roles", hostKeyTag: "key" });
    const listed = await inventory.list(operationContext());
    expect(listed.map(({ roles }) => roles)).toEqual([["web", "cron"], ["worker"]]);
    expect(listed[0]?.hostKeys).toEqual([tags.key]);
  });

  it.each(["-oProxyCommand=touch PWN", "WEB", "", "a;id"])("refuse the role %j of a tag", async (roles) => {
    const machine = aws.account.addMachine({ address: "10.0.0.1", tags: { roles } });
    aws.account.addScalingGroup("web").put(machine);
    const inventory = await inventoryOf(aws, { autoScalingGroup: "web", roleTag: "roles" });
    expect((await failure(inventory.list(operationContext()))).code).toBe("HWS_INVENTORY_AWS_TAG");
  });

  it("have the address of the type that is asked for", async () => {
    const machine = aws.account.addMachine({
      address: "10.0.0.1",
      publicAddress: "192.0.2.1",
      publicName: "ec2-192-0-2-1.example.com",
    });
    aws.account.addScalingGroup("web").put(machine);
    const addressOf = async (addressType: "public" | "dns") =>
      (await (await inventoryOf(aws, { autoScalingGroup: "web", addressType })).list(operationContext()))[0]
        ?.address;
    expect(await addressOf("public")).toBe("192.0.2.1");
    expect(await addressOf("dns")).toBe("ec2-192-0-2-1.example.com");
  });

  it("in service without such an address are an error; starting they are not there yet", async () => {
    const group = aws.account.addScalingGroup("web");
    const publicAddress = "192.0.2.1";
    group.put(aws.account.addMachine({ address: "10.0.0.1", publicAddress }));
    const young = aws.account.addMachine({ address: "10.0.0.2" });
    group.put(young, "Pending");
    const inventory = await inventoryOf(aws, { autoScalingGroup: "web", addressType: "public" });
    expect((await inventory.list(operationContext())).map(({ address }) => address)).toEqual([publicAddress]);
    group.put(young, "InService");
    expect((await failure(inventory.list(operationContext()))).code).toBe("HWS_INVENTORY_AWS_NO_ADDRESS");
  });
});

describe("what AWS refuses", () => {
  it("is a group that does not exist, also beside one that does", async () => {
    aws.account.addScalingGroup("web").put(aws.account.addMachine({ address: "10.0.0.1" }));
    const groups = [{ autoScalingGroup: "web" }, { autoScalingGroup: "typo" }];
    const error = await failure((await inventoryOf(aws, { groups })).list(operationContext()));
    expect(error).toMatchObject({
      code: "HWS_INVENTORY_AWS_NO_GROUP",
      message: expect.stringContaining("typo"),
    });
  });

  it("is a call too many, which may be made again", async () => {
    aws.throttleEvery = 1;
    const error = await failure((await inventoryOf(aws, { tags: { app: "shop" } })).list(operationContext()));
    expect(error).toMatchObject({ code: "HWS_AWS_BUSY", retryable: true });
  });

  it("is a wrong access key, without a word of the secret", async () => {
    const inventory = await inventoryOf(aws, { autoScalingGroup: "web", accessKeyId: "AKIAWRONG" });
    const error = await failure(inventory.list(operationContext()));
    expect(error).toMatchObject({ code: "HWS_AWS_AUTH", retryable: false });
    expect(JSON.stringify([error.message, error.details])).not.toContain(aws.secretAccessKey);
  });

  it("is nothing when nobody answers: that may pass", async () => {
    aws.down = true;
    const error = await failure((await inventoryOf(aws, { tags: { app: "shop" } })).list(operationContext()));
    expect(error).toMatchObject({ code: "HWS_AWS_UNREACHABLE", retryable: true });
  });
});

describe("a launching hook", () => {
  const held = async () => {
    const group = aws.account.addScalingGroup("web", { name: "hawser" });
    const machine = aws.account.addMachine({ address: "10.0.0.1" });
    group.launch(machine);
    const inventory = await inventoryOf(aws, { autoScalingGroup: "web", lifecycleHook: "hawser" });
    const [instance] = await inventory.list(operationContext());
    if (instance === undefined) throw new Error("no instance");
    return { group, machine, inventory, instance };
  };

  it("is there only when it is named", async () => {
    const inventory = await inventoryOf(aws, { autoScalingGroup: "web" });
    expect(inventory.complete).toBeUndefined();
    expect(inventory.heartbeat).toBeUndefined();
  });

  it("lets an instance into service that is ready, once however often it is told", async () => {
    const { group, inventory, instance } = await held();
    expect(instance.lifecycle).toBe("starting");
    await inventory.complete?.({ instance, result: "ready" }, operationContext());
    await inventory.complete?.({ instance, result: "ready" }, operationContext());
    expect(group.stateOf(instance.id)).toBe("InService");
    expect((await inventory.list(operationContext()))[0]?.lifecycle).toBe("inService");
  });

  it("has an instance terminated that failed, once however often it is told", async () => {
    const { group, inventory, instance } = await held();
    await inventory.complete?.({ instance, result: "failed" }, operationContext());
    await inventory.complete?.({ instance, result: "failed" }, operationContext());
    expect(group.stateOf(instance.id)).toBe("Terminating");
  });

  it("is given more time by a heartbeat", async () => {
    const { group, inventory, instance } = await held();
    await inventory.heartbeat?.({ instance }, operationContext());
    expect(group.beatsOf(instance.id)).toBe(1);
  });

  it("that was completed though the answer was lost is completed", async () => {
    const { group, inventory, instance } = await held();
    aws.alter = ({ action }, text) => (action === "CompleteLifecycleAction" ? "cut" : text);
    const first = inventory.complete?.({ instance, result: "ready" }, operationContext());
    await first?.catch(() => {});
    await inventory.complete?.({ instance, result: "ready" }, operationContext());
    expect(group.stateOf(instance.id)).toBe("InService");
  });

  it("that does not hold the instance any more is an error", async () => {
    const { group, machine, inventory, instance } = await held();
    group.put(machine, "Terminating");
    const error = await failure(
      inventory.complete?.({ instance, result: "ready" }, operationContext()) ?? Promise.resolve(),
    );
    expect(error).toMatchObject({ code: "HWS_INVENTORY_AWS_NOT_HELD", retryable: false });
  });

  it("that does not hold the instance yet is an error that may pass", async () => {
    const { group, machine, inventory, instance } = await held();
    group.put(machine, "Pending");
    const error = await failure(inventory.heartbeat?.({ instance }, operationContext()) ?? Promise.resolve());
    expect(error).toMatchObject({ code: "HWS_INVENTORY_AWS_NOT_HELD_YET", retryable: true });
  });

  it("that is missing, or lets instances through, is found before a run", async () => {
    aws.account.addScalingGroup("bare").put(aws.account.addMachine({ address: "10.0.0.1" }));
    aws.account
      .addScalingGroup("lax", { name: "hawser", otherwise: "CONTINUE" })
      .put(aws.account.addMachine({ address: "10.0.0.2" }));
    const groups = [{ autoScalingGroup: "bare" }, { autoScalingGroup: "lax" }];
    const inventory = await inventoryOf(aws, { groups, lifecycleHook: "hawser" });
    const problems = (await inventory.check?.(operationContext())) ?? [];
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ["HWS_INVENTORY_AWS_NO_HOOK", "error"],
      ["HWS_INVENTORY_AWS_HOOK_CONTINUES", "warning"],
    ]);
  });
});
