import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type SvnSourceOptions, schema } from "./options.ts";
import { SvnSource } from "./svn-source.ts";

export type { SvnSourceOptions } from "./options.ts";

/** The application comes from a Subversion repository, over svn, svn+ssh, http or https. */
const plugin: Plugin<"source", SvnSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-svn",
  schema,
  create: (options, context) => new SvnSource(options, context),
});

export default plugin;
