import { archiveFormatOf, definePlugin, type Plugin } from "@hawser/core/plugin";
import { type SftpSourceOptions, schema } from "./options.ts";
import { SftpArchive } from "./sftp-archive.ts";
import { SftpTree } from "./sftp-tree.ts";

export type { SftpSourceOptions } from "./options.ts";

/** The application comes from a directory or an archive on an SFTP server. */
const plugin: Plugin<"source", SftpSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-sftp",
  schema,
  create: (options, context) => {
    const format = archiveFormatOf(options.path);
    return format === undefined ? new SftpTree(options, context) : new SftpArchive(options, format, context);
  },
});

export default plugin;
