import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TreeTexts, temporaryDirectory } from "@hawser/testkit";

/** A gzipped archive of a tree. */
export const tarOf = (tree: TreeTexts): Buffer => {
  const directory = temporaryDirectory();
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return execFileSync("tar", ["-cz", "-C", directory, "."], { maxBuffer: 2 ** 26 });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
