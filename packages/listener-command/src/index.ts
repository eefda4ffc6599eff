import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { createListener } from "./command-listener.ts";
import { type CommandListenerOptions, schema } from "./options.ts";

export type { CommandListenerOptions } from "./options.ts";

/** A run's moments are given to a program. */
const plugin: Plugin<"listener", CommandListenerOptions> = definePlugin({
  kind: "listener",
  name: "@hawser/listener-command",
  schema,
  hears: () => ["done", "failed", "stuck"],
  create: createListener,
});

export default plugin;
