import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { GitSource } from "./git-source.ts";
import { type GitSourceOptions, schema } from "./options.ts";

export type { GitSourceOptions } from "./options.ts";

/** The application comes from a Git repository, over SSH, HTTPS or from a path. */
const plugin: Plugin<"source", GitSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-git",
  schema,
  create: (options, context) => new GitSource(options, context),
});

export default plugin;
