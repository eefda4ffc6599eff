import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { JenkinsSource } from "./jenkins-source.ts";
import { type JenkinsSourceOptions, schema } from "./options.ts";

export type { JenkinsSourceOptions } from "./options.ts";

/** The application is what a build of Jenkins has archived. */
const plugin: Plugin<"source", JenkinsSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-jenkins",
  schema,
  create: (options, context) => new JenkinsSource(options, context),
});

export default plugin;
