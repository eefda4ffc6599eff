import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { annotationListener } from "./annotation-listener.ts";
import { type AnnotationOptions, schema } from "./options.ts";

export type { AnnotationOptions } from "./options.ts";

const plugin: Plugin<"listener", AnnotationOptions> = definePlugin({
  kind: "listener",
  name: "__name__",
  schema,
  hears: () => ["started", "done", "failed", "putBack", "rolledBack"],
  create: annotationListener,
});

export default plugin;
