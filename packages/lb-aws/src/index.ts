import { checkAccess, LazyClient } from "@hawser/aws";
import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { AwsLoadBalancer } from "./aws-load-balancer.ts";
import { Classic } from "./classic.ts";
import { type AwsLoadBalancerOptions, schema } from "./options.ts";
import { placeOf } from "./place.ts";
import type { Roster } from "./roster.ts";
import { TargetGroup } from "./target-group.ts";

export type { AwsLoadBalancerOptions } from "./options.ts";

const rostersOf = (options: AwsLoadBalancerOptions): readonly Roster[] => {
  checkAccess(options);
  const place = placeOf(options);
  if (place.kind === "classic") {
    const aws = new LazyClient(
      options,
      () => import("@aws-sdk/client-elastic-load-balancing"),
      (sdk, config) => new sdk.ElasticLoadBalancingClient(config),
    );
    return [new Classic(place.name, aws)];
  }
  const { port, availabilityZone } = options;
  const aws = new LazyClient(
    { ...options, region: place.region },
    () => import("@aws-sdk/client-elastic-load-balancing-v2"),
    (sdk, config) => new sdk.ElasticLoadBalancingV2Client(config),
  );
  return place.arns.map((arn) => new TargetGroup({ arn, port, availabilityZone }, aws));
};

/** Target groups of AWS's application and network load balancers, and its classic load balancers. */
const plugin: Plugin<"loadBalancer", AwsLoadBalancerOptions> = definePlugin({
  kind: "loadBalancer",
  name: "@hawser/lb-aws",
  schema,
  create: (options) => new AwsLoadBalancer(rostersOf(options), options.readyTimeoutMs ?? 300_000),
});

export default plugin;
