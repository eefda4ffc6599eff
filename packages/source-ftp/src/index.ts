import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { ArchiveFileSource } from "./archive-source.ts";
import { placeOf } from "./ftp-place.ts";
import { type FtpSourceOptions, schema } from "./options.ts";
import { TreeSource } from "./tree-source.ts";

export type { FtpSourceOptions } from "./options.ts";

/** The application comes from an FTP server: a directory, or one archive. */
const plugin: Plugin<"source", FtpSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-ftp",
  schema,
  create: async (options, context) => {
    const place = await placeOf(options, context);
    const { archive } = place;
    return archive === undefined
      ? new TreeSource(place, options, context)
      : new ArchiveFileSource({ ...place, archive }, options, context);
  },
});

export default plugin;
