import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { schema, type WebhookOptions } from "./options.ts";
import { createListener } from "./webhook-listener.ts";

export type { WebhookOptions } from "./options.ts";

/** A run's moments are posted to a URL. */
const plugin: Plugin<"listener", WebhookOptions> = definePlugin({
  kind: "listener",
  name: "@hawser/listener-webhook",
  schema,
  hears: () => ["done", "failed", "stuck"],
  create: createListener,
});

export default plugin;
