import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type S3SourceOptions, schema } from "./options.ts";
import { s3Source } from "./s3-source.ts";

export type { S3SourceOptions } from "./options.ts";

/** The application comes from an S3-compatible store: one object, or all objects below a prefix. */
const plugin: Plugin<"source", S3SourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-s3",
  schema,
  create: s3Source,
});

export default plugin;
