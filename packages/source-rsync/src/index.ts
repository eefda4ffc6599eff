import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { ArchiveSource } from "./archive-source.ts";
import { type RsyncSourceOptions, schema } from "./options.ts";
import { RsyncServer } from "./rsync-server.ts";
import { parseRsyncUrl } from "./rsync-url.ts";
import { TreeSource } from "./tree-source.ts";

export type { RsyncSourceOptions } from "./options.ts";

/** The application comes from an rsync daemon, or by rsync over SSH: a tree or one archive. */
const plugin: Plugin<"source", RsyncSourceOptions> = definePlugin({
  kind: "source",
  name: "@hawser/source-rsync",
  schema,
  create: (options, context) => {
    const place = parseRsyncUrl(options.url, options.port);
    const server = new RsyncServer(options, place, context);
    if (place.archive === undefined) return new TreeSource(server);
    return new ArchiveSource(server, { ...place.archive, stripComponents: options.stripComponents ?? 0 });
  },
});

export default plugin;
