import { archiveFormatOf, type PluginContext, type Source } from "@hawser/core/plugin";
import { ArchiveObjectSource, FileObjectSource } from "./object-source.ts";
import type { S3SourceOptions } from "./options.ts";
import { PrefixSource } from "./prefix-source.ts";
import { Store } from "./store.ts";

/** The kind of source that the options ask for: a tree of a prefix, an archive, or a single file. */
export const s3Source = (options: S3SourceOptions, plugin: PluginContext): Source => {
  const store = new Store(options, plugin);
  if (options.key === undefined) return new PrefixSource(store);
  const format = archiveFormatOf(options.key);
  return format === undefined ? new FileObjectSource(store) : new ArchiveObjectSource(store, format);
};
