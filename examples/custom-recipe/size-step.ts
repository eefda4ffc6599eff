import { readdir } from "node:fs/promises";
import { defineStep } from "@hawser/core";

/** A step of one's own: refuses a tree with too many files, and hands on how many there are. */
export default defineStep<{ readonly files: number }, { readonly mostFiles: number }>({
  name: "size",
  needs: ["prepared"],
  gives: { files: { type: "integer" } },
  run: async ({ prepared }, { options, logger }) => {
    if (prepared.directory === "") return { files: 0 }; // the stored release is used again: there is no tree
    const files = (await readdir(prepared.directory, { recursive: true })).length;
    if (files > options.mostFiles)
      throw new Error(`${files} files, and at most ${options.mostFiles} are meant`);
    logger.info(`${files} files`);
    return { files };
  },
});
