import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeSource, pluginContext, testDirectory } from "@hawser/testkit";
import plugin from "../src/index.ts";

const write = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
};

describeSource("source-directory", {
  create: async () => {
    const path = testDirectory();
    let count = 0;
    const change = async () => {
      count += 1;
      await write(path, { "index.html": "x".repeat(count), "a/b.txt": "same", ".git/config": "never" });
    };
    await change();
    return {
      source: await plugin.create({ path }, pluginContext()),
      tree: async () => ({ "index.html": "x".repeat(count), "a/b.txt": "same" }),
      change,
      missingRef: "main",
      contacts: () => 0,
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
