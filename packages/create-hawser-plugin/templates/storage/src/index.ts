import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { ObjectServer } from "./object-server.ts";
import { ObjectStorage } from "./object-storage.ts";
import { type ObjectOptions, schema } from "./options.ts";

export type { ObjectOptions } from "./options.ts";

const plugin: Plugin<"storage", ObjectOptions> = definePlugin({
  kind: "storage",
  name: "__name__",
  schema,
  signsUrls: false,
  create: (options) => new ObjectStorage(new ObjectServer(options), options),
});

export default plugin;
