import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { createListener } from "./opentelemetry-listener.ts";
import { type OpenTelemetryOptions, schema } from "./options.ts";

export type { OpenTelemetryOptions } from "./options.ts";

/** A run is a trace: spans of itself, its steps, its waves, and its instances. */
const plugin: Plugin<"listener", OpenTelemetryOptions> = definePlugin({
  kind: "listener",
  name: "@hawser/listener-opentelemetry",
  schema,
  hears: () => ["start", "run", "step", "wave", "instance", "waiting", "warning", "result"],
  create: createListener,
});

export default plugin;
