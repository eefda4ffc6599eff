import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeSource, pluginContext, temporaryDirectory } from "@hawser/testkit";
import plugin from "./page-source.ts";

describeSource("page-source", {
  create: async () => {
    const directory = temporaryDirectory();
    let state = 1;
    const write = async () => await writeFile(join(directory, "notice.html"), `state ${state++}\n`);
    await write();
    return {
      source: await plugin.create(
        { directory, page: "notice" },
        pluginContext({ cacheDirectory: directory }),
      ),
      tree: async () => ({ "index.html": await readFile(join(directory, "notice.html"), "utf8") }),
      change: write,
      missingRef: "no-such-page",
      contacts: () => 0,
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
