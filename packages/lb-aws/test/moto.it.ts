import { type Instance, type LoadBalancer, Secret } from "@hawser/core/plugin";
import { type MotoServer, operationContext, pluginContext, startMoto } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import plugin, { type AwsLoadBalancerOptions } from "../src/index.ts";

let moto: MotoServer;
let machines: readonly string[];
let subnets: readonly string[];
let vpc: string;

const found = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]+)</${name}>`, "g"))].map(([, text]) => text as string);

const ec2 = (action: string, parameters: Record<string, string> = {}) =>
  moto.call("ec2", "2016-11-15", action, parameters);
const balancing = (action: string, parameters: Record<string, string>) =>
  moto.call("elasticloadbalancing", "2015-12-01", action, parameters);

beforeAll(async () => {
  moto = await startMoto();
  const ran = await ec2("RunInstances", { ImageId: "ami-12c6146b", MinCount: "3", MaxCount: "3" });
  machines = [...new Set(found(ran, "instanceId"))];
  const shown = await ec2("DescribeSubnets");
  subnets = found(shown, "subnetId");
  vpc = found(shown, "vpcId")[0] ?? "";
});
afterAll(async () => {
  await moto[Symbol.asyncDispose]();
});

const balancerOf = async (options: AwsLoadBalancerOptions): Promise<LoadBalancer> =>
  await plugin.create(
    { endpoint: moto.endpoint, accessKeyId: "test", secretAccessKey: new Secret("test"), ...options },
    pluginContext({ cacheDirectory: "/nonexistent" }),
  );

const instance = (id: string): Instance => ({
  id,
  address: "10.0.0.1",
  roles: ["web"],
  lifecycle: "inService",
});

const request = { drainTimeoutMs: 300_000, onDrainTimeout: "abort" } as const;

describe("lb-aws in the wire format of the moto server", () => {
  it("brings a target in, out and in again", async () => {
    const group = await balancing("CreateTargetGroup", {
      Name: "web",
      Protocol: "HTTP",
      Port: "80",
      VpcId: vpc,
      TargetType: "instance",
    });
    const arn = found(group, "TargetGroupArn")[0] ?? "";
    const made = await balancing("CreateLoadBalancer", {
      Name: "web",
      "Subnets.member.1": subnets[0] ?? "",
      "Subnets.member.2": subnets[1] ?? "",
    });
    await balancing("CreateListener", {
      LoadBalancerArn: found(made, "LoadBalancerArn")[0] ?? "",
      Protocol: "HTTP",
      Port: "80",
      "DefaultActions.member.1.Type": "forward",
      "DefaultActions.member.1.TargetGroupArn": arn,
    });
    const balancer = await balancerOf({ targetGroupArn: arn });
    const [first = "", second = ""] = machines;
    const joined = await balancer.ensure(
      { ...request, state: "in", instance: instance(first) },
      operationContext(),
    );
    expect(joined).toEqual({ instance: first, state: "in", healthy: "yes" });
    const left = await balancer.ensure(
      { ...request, state: "out", instance: instance(first) },
      operationContext(),
    );
    expect(left.state).toBe("out");
    await balancer.ensure({ ...request, state: "in", instance: instance(first) }, operationContext());
    const members = await balancer.states(
      { instances: [instance(second), instance(first)] },
      operationContext(),
    );
    expect(members.map(({ state }) => state)).toEqual(["absent", "in"]);
    const problems = (await balancer.check?.(operationContext())) ?? [];
    expect(problems.map(({ code }) => code)).toEqual(["HWS_LB_AWS_SLOW_DRAIN"]);
  });

  it("says so when a target group does not exist", async () => {
    const arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/none/0123456789abcdef";
    const balancer = await balancerOf({ targetGroupArn: arn });
    await expect(
      balancer.states({ instances: [instance(machines[0] ?? "")] }, operationContext()),
    ).rejects.toMatchObject({ code: "HWS_LB_AWS_NO_GROUP" });
  });

  it("brings an instance of a classic load balancer in and out", async () => {
    await moto.call("elasticloadbalancing", "2012-06-01", "CreateLoadBalancer", {
      LoadBalancerName: "old",
      "AvailabilityZones.member.1": "us-east-1a",
      "Listeners.member.1.Protocol": "http",
      "Listeners.member.1.LoadBalancerPort": "80",
      "Listeners.member.1.InstancePort": "8080",
    });
    const balancer = await balancerOf({ classicName: "old" });
    const [first = ""] = machines;
    const joined = await balancer.ensure(
      { ...request, state: "in", instance: instance(first) },
      operationContext(),
    );
    expect(joined).toMatchObject({ state: "in", healthy: "yes" });
    const left = await balancer.ensure(
      { ...request, state: "out", instance: instance(first) },
      operationContext(),
    );
    expect(left.state).toBe("out");
  });

  it("says so when a classic load balancer does not exist", async () => {
    const balancer = await balancerOf({ classicName: "none" });
    await expect(
      balancer.states({ instances: [instance(machines[0] ?? "")] }, operationContext()),
    ).rejects.toMatchObject({ code: "HWS_LB_AWS_NO_BALANCER" });
  });
});
