import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { createSource } from "./http-source.ts";
import { type HttpSourceOptions, schema } from "./options.ts";

export type { HttpSourceOptions } from "./options.ts";

/** The application comes from an archive or a file on an HTTP server. */
const plugin: Plugin<"source", HttpSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-http",
  schema,
  create: createSource,
});

export default plugin;
