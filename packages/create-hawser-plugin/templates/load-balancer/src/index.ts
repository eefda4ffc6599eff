import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type PoolOptions, schema } from "./options.ts";
import { PoolApi } from "./pool-api.ts";
import { PoolBalancer } from "./pool-balancer.ts";

export type { PoolOptions } from "./options.ts";

const plugin: Plugin<"loadBalancer", PoolOptions> = definePlugin({
  kind: "loadBalancer",
  name: "__name__",
  schema,
  create: (options, { http }) => new PoolBalancer(options, new PoolApi(options, http)),
});

export default plugin;
