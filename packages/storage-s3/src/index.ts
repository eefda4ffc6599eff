import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type S3StorageOptions, schema } from "./options.ts";
import { S3Storage } from "./s3-storage.ts";

export type { S3StorageOptions } from "./options.ts";

/** Storage in a bucket of AWS S3 or a store that speaks its protocol. */
const plugin: Plugin<"storage", S3StorageOptions> = definePlugin({
  kind: "storage",
  name: "@hawser/storage-s3",
  schema,
  create: (options) => new S3Storage(options),
});

export default plugin;
