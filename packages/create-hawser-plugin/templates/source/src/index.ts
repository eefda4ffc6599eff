import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { channelSource } from "./channel-source.ts";
import { type ChannelOptions, schema } from "./options.ts";

export type { ChannelOptions } from "./options.ts";

const plugin: Plugin<"source", ChannelOptions> = definePlugin({
  kind: "source",
  name: "__name__",
  schema,
  create: channelSource,
});

export default plugin;
