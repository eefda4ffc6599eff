import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Every path of a tree with what is there: a file's text, `-> target` of a link. Directories are not listed. */
export type TreeTexts = Readonly<Record<string, string>>;

const paths = async (directory: string, folder = ""): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await paths(directory, path)));
    else found.push(path);
  }
  return found.sort();
};

export const readTree = async (directory: string): Promise<TreeTexts> => {
  const texts: Record<string, string> = {};
  for (const path of await paths(directory)) {
    const at = join(directory, path);
    texts[path] = (await lstat(at)).isSymbolicLink()
      ? `-> ${await readlink(at)}`
      : await readFile(at, "utf8");
  }
  return texts;
};

/** One digest for all paths, permission bits, bytes and link targets of a tree. */
export const treeDigest = async (directory: string): Promise<string> => {
  const hash = createHash("sha256");
  for (const path of await paths(directory)) {
    const at = join(directory, path);
    const stat = await lstat(at);
    const content = stat.isSymbolicLink() ? await readlink(at) : await readFile(at);
    const mode = stat.isSymbolicLink() ? "link" : (stat.mode & 0o777).toString(8);
    hash.update(`${JSON.stringify(path)} ${mode} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
};
