import { HawserError, type LoadBalancer } from "@hawser/core/plugin";
import { operationContext } from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { balancerOf, groupOf, instanceOf, startWeb, type Web } from "./aws-trial.ts";

let web: Web;
beforeEach(async () => {
  web = await startWeb();
});
afterEach(async () => {
  await web[Symbol.asyncDispose]();
});

const failure = async (work: Promise<unknown>): Promise<HawserError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!HawserError.is(error)) throw new Error(`no HawserError: ${String(error)}`);
  return error;
};

const calls = (action: string): number => web.aws.requests.filter((each) => each.action === action).length;

const out = { state: "out", drainTimeoutMs: 20_000, onDrainTimeout: "abort" } as const;
const into = { ...out, state: "in" } as const;

describe("a drain", () => {
  it("that cannot end in time is not begun", async () => {
    const group = await groupOf(web, { type: "instance", delaySeconds: 300 });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const error = await failure(balancer.ensure({ ...out, instance: web.instance(0) }, operationContext()));
    expect(error.code).toBe("HWS_LB_DRAIN_TIMEOUT");
    expect(error.message).toContain("300000 ms");
    expect(calls("DeregisterTargets")).toBe(0);
  });

  it("that cannot end in time in one of two groups is begun in none", async () => {
    const quick = await groupOf(web, { type: "instance" });
    const slow = await groupOf(web, { type: "ip", delaySeconds: 300 });
    const balancer = await balancerOf(web.aws, { targetGroupArn: [quick.arn, slow.arn] });
    const instance = web.instance(0);
    await failure(balancer.ensure({ ...out, instance }, operationContext()));
    const [member] = await balancer.states({ instances: [instance] }, operationContext());
    expect(member).toMatchObject({ state: "in", healthy: "yes" });
  });

  it("that somebody else began is waited for", async () => {
    const group = await groupOf(web, { type: "instance", delaySeconds: 2 });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const instance = web.instance(0);
    group.deregister(instance.id);
    const member = await balancer.ensure({ ...out, instance }, operationContext());
    expect(member.state).toBe("out");
    expect(calls("DeregisterTargets")).toBe(0);
  });

  it("proves that the run holds its lock before it begins, and begins not without", async () => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const confirm = () => Promise.reject(new HawserError("HWS_LOCK_LOST", "fenced"));
    const error = await failure(
      balancer.ensure({ ...out, instance: web.instance(0) }, operationContext({ confirm })),
    );
    expect(error.code).toBe("HWS_LOCK_LOST");
    expect(calls("DeregisterTargets")).toBe(0);
  });

  it("goes on through an API that is down for a while", async () => {
    const group = await groupOf(web, { type: "instance", delaySeconds: 2 });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const leaving = balancer.ensure({ ...out, instance: web.instance(0) }, operationContext());
    await expect.poll(() => calls("DeregisterTargets")).toBe(1);
    web.aws.down = true;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    web.aws.down = false;
    expect((await leaving).state).toBe("out");
  });

  it("is not begun when the API is down from the start: that may pass", async () => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    web.aws.down = true;
    const error = await failure(balancer.ensure({ ...out, instance: web.instance(0) }, operationContext()));
    expect(error).toMatchObject({ code: "HWS_AWS_UNREACHABLE", retryable: true });
  });
});

describe("a member that joins", () => {
  it("without passing the health check is an error, and tells what AWS sees", async () => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn, readyTimeoutMs: 1_500 });
    const mute = instanceOf(web.aws.account.addMachine({ address: "127.0.4.98" }));
    const error = await failure(balancer.ensure({ ...into, instance: mute }, operationContext()));
    expect(error.code).toBe("HWS_LB_AWS_NOT_HEALTHY");
    expect(error.message).toContain("Target.FailedHealthChecks");
  });

  it("and does not run is refused in AWS's words, and does not keep another out", async () => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const stopped = instanceOf(web.aws.account.addMachine({ address: "127.0.4.98", state: "stopped" }));
    const instance = web.instance(0);
    await balancer.ensure({ ...out, instance }, operationContext());
    const [refused, joined] = await Promise.allSettled([
      balancer.ensure({ ...into, instance: stopped }, operationContext()),
      balancer.ensure({ ...into, instance }, operationContext()),
    ]);
    expect(refused).toMatchObject({ reason: { code: "HWS_LB_AWS_REFUSED" } });
    expect(joined).toMatchObject({ value: { state: "in", healthy: "yes" } });
  });

  it("in the middle of its drain is kept", async () => {
    const group = await groupOf(web, { type: "instance", delaySeconds: 10 });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const instance = web.instance(0);
    group.deregister(instance.id);
    const member = await balancer.ensure({ ...into, instance }, operationContext());
    expect(member).toMatchObject({ state: "in", healthy: "yes" });
  });
});

describe("many members", () => {
  it("are changed in one call and looked for together", async () => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    const instances = Array.from({ length: 60 }, (_, at) => {
      const machine = web.aws.account.addMachine({ address: `127.0.5.${at + 1}` });
      group.register(machine.id, { address: machine.address, port: web.port });
      return instanceOf(machine);
    });
    const members = await Promise.all(
      instances.map((instance) => balancer.ensure({ ...out, instance }, operationContext())),
    );
    expect(members.every(({ state }) => state === "out")).toBe(true);
    expect(calls("DeregisterTargets")).toBeLessThanOrEqual(3);
    // Sixty members that each looked for themselves would ask some hundreds of times.
    expect(calls("DescribeTargetHealth")).toBeLessThan(60);
  });
});

describe("an instance that can be no target", () => {
  const first = async (balancer: LoadBalancer, more: object) =>
    await failure(balancer.states({ instances: [{ ...web.instance(0), ...more }] }, operationContext()));

  it.each(["web1", "i-xyz", "-i-00000000"])("has the id %s in a group of instances", async (id) => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    expect((await first(balancer, { id })).code).toBe("HWS_LB_AWS_NOT_EC2");
  });

  it("has a name instead of an address in a group of addresses", async () => {
    const group = await groupOf(web, { type: "ip" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    expect((await first(balancer, { address: "web1.dc" })).code).toBe("HWS_LB_AWS_NOT_ADDRESS");
  });

  it("meets a group of functions", async () => {
    const group = await web.aws.account.addTargetGroup({ type: "lambda", port: 80 });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    expect((await first(balancer, {})).code).toBe("HWS_LB_AWS_TYPE");
  });
});

describe("what doctor finds", () => {
  const problems = async (balancer: LoadBalancer) =>
    ((await balancer.check?.(operationContext())) ?? []).map(({ code, severity }) => `${severity} ${code}`);

  it("is a group that no load balancer uses", async () => {
    const group = await web.aws.account.addTargetGroup({ type: "ip", port: 80, inUse: false });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn });
    expect(await problems(balancer)).toEqual(["error HWS_LB_AWS_NOT_IN_USE"]);
  });

  it("is a group that does not exist, beside what the other one has", async () => {
    const setup = { type: "ip", port: 80, delaySeconds: 300, protocol: "TCP", checked: false } as const;
    const group = await web.aws.account.addTargetGroup(setup);
    const missing = group.arn.replace(/.{4}$/, "0000");
    const balancer = await balancerOf(web.aws, { targetGroupArn: [missing, group.arn] });
    expect(await problems(balancer)).toEqual([
      "error HWS_LB_AWS_NO_GROUP",
      "warning HWS_LB_AWS_NO_CHECK",
      "warning HWS_LB_AWS_SLOW_DRAIN",
      "warning HWS_LB_AWS_KEEPS_OPEN",
    ]);
  });

  it("is a classic load balancer that is missing, or cuts", async () => {
    await web.aws.account.addClassic({ name: "cuts", port: 80, drainSeconds: 0 });
    const missing = await balancerOf(web.aws, { classicName: "typo" });
    const cuts = await balancerOf(web.aws, { classicName: "cuts" });
    expect(await problems(missing)).toEqual(["error HWS_LB_AWS_NO_BALANCER"]);
    expect(await problems(cuts)).toEqual(["warning HWS_LB_AWS_CUTS"]);
  });

  it("is a wrong access key", async () => {
    const group = await groupOf(web, { type: "instance" });
    const balancer = await balancerOf(web.aws, { targetGroupArn: group.arn, accessKeyId: "AKIAWRONG" });
    expect(await problems(balancer)).toEqual(["error HWS_AWS_AUTH"]);
  });
});
