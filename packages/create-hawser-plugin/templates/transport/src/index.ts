import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { CommandTransport } from "./command-transport.ts";
import { type CommandOptions, schema } from "./options.ts";

export type { CommandOptions } from "./options.ts";

const plugin: Plugin<"transport", CommandOptions> = definePlugin({
  kind: "transport",
  name: "__name__",
  schema,
  create: (options) => new CommandTransport(options),
});

export default plugin;
