import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import plugin, { type AwsInventoryOptions } from "../src/index.ts";

const refused: readonly (readonly [string, AwsInventoryOptions])[] = [
  ["nothing that chooses instances", {}],
  ["two that choose instances", { autoScalingGroup: "web", tags: { app: "shop" } }],
  ["tags that choose every instance", { tags: {} }],
  ["a hook without groups", { tags: { app: "shop" }, lifecycleHook: "hawser" }],
  ["a group twice", { groups: [{ autoScalingGroup: "web" }, { autoScalingGroup: "web" }] }],
  ["a role outside of its grammar", { autoScalingGroup: "web", roles: ["Web"] }],
];

describe("options of inventory-aws", () => {
  it.each(refused)("refuse %s", (_, options) => {
    const context = pluginContext({ cacheDirectory: "/nonexistent" });
    expect(() => plugin.create(options, context)).toThrow(/the option [a-zA-Z]+ is refused/);
  });

  it.each<[string, AwsInventoryOptions]>([
    ["an endpoint with a path", { autoScalingGroup: "web", endpoint: "http://127.0.0.1/x" }],
    ["an access key without its secret", { autoScalingGroup: "web", accessKeyId: "AKIA" }],
    ["a region that is none", { autoScalingGroup: "web", region: "eu central" }],
  ])("refuse %s", (_, options) => {
    const context = pluginContext({ cacheDirectory: "/nonexistent" });
    expect(() => plugin.create(options, context)).toThrow(/HWS_AWS_OPTION|is refused/);
  });
});
