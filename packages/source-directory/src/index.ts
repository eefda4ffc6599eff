import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { DirectorySource } from "./directory-source.ts";
import { type DirectorySourceOptions, schema } from "./options.ts";

export type { DirectorySourceOptions } from "./options.ts";

/** The application comes from a directory on the machine that deploys. */
const plugin: Plugin<"source", DirectorySourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-directory",
  schema,
  create: (options) => new DirectorySource(options),
});

export default plugin;
