import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { FsStorage } from "./fs-storage.ts";
import { type FsStorageOptions, schema } from "./options.ts";
import { readerOf } from "./reader.ts";

export type { FsStorageOptions } from "./options.ts";

/** Storage in a directory of a local file system. */
const storageFs: Plugin<"storage", FsStorageOptions> = definePlugin({
  kind: "storage",
  name: "@hawser/storage-fs",
  schema,
  signsUrls: false,
  create: async (options) => {
    const reader = await readerOf(options);
    return new FsStorage(options.directory, reader);
  },
});

export default storageFs;
