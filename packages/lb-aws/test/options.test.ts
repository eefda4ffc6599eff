import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import plugin, { type AwsLoadBalancerOptions } from "../src/index.ts";

const arn = (region: string): string =>
  `arn:aws:elasticloadbalancing:${region}:123456789012:targetgroup/web/0123456789abcdef`;

describe("options of lb-aws", () => {
  it.each<[string, AwsLoadBalancerOptions]>([
    ["nothing that names a load balancer", {}],
    ["two kinds of it", { targetGroupArn: arn("eu-central-1"), classicName: "web" }],
    ["what is no ARN", { targetGroupArn: "web" }],
    [
      "the ARN of a load balancer",
      { targetGroupArn: arn("eu-central-1").replace("targetgroup", "loadbalancer") },
    ],
    ["groups of two regions", { targetGroupArn: [arn("eu-central-1"), arn("eu-west-1")] }],
    ["another region than the group's", { targetGroupArn: arn("eu-central-1"), region: "eu-west-1" }],
    ["a port with a classic load balancer", { classicName: "web", port: 8080 }],
    ["a name that is none", { classicName: "web&Action=Delete" }],
    ["an access key without its secret", { classicName: "web", accessKeyId: "AKIA" }],
  ])("refuse %s", (_, options) => {
    const context = pluginContext({ cacheDirectory: "/nonexistent" });
    expect(() => plugin.create(options, context)).toThrow(/the option [a-zA-Z]+ is refused/);
  });
});
