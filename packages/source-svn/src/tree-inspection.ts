import { isUtf8 } from "node:buffer";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { linkLeaves } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** One path of an exported tree. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  /** Whether its owner may execute it; directories always. */
  readonly executable: boolean;
  /** Of a link. */
  readonly target?: string;
}

/** Walks a tree and refuses names, links and kinds of files that must not be shipped. */
export const inspectTree = async (root: string, signal: AbortSignal): Promise<readonly TreeEntry[]> => {
  const entries: TreeEntry[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const raw of await readdir(join(root, folder), { encoding: "buffer" })) {
      const name = raw.toString("utf8");
      const path = folder === "" ? name : `${folder}/${name}`;
      checkName(path, name, raw);
      const entry = await inspect(root, path);
      entries.push(entry);
      if (entry.kind === "directory") folders.push(path);
    }
  }
  refuseLeavingLinks(entries);
  return entries;
};

const refuseLeavingLinks = (entries: readonly TreeEntry[]): void => {
  const links = new Map(
    entries.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]])),
  );
  for (const [path, target] of links) if (linkLeaves(links, path)) throw errors.HWS_SVN_LINK([path, target]);
};

const checkName = (path: string, name: string, raw: Uint8Array): void => {
  if (!isUtf8(raw)) throw errors.HWS_SVN_TREE_NAME([path, "it is not UTF-8"]);
  if (/[\u0000-\u001f\u007f]/.test(name))
    throw errors.HWS_SVN_TREE_NAME([path, "it has a control character"]);
  if (name.toLowerCase() === ".svn")
    throw errors.HWS_SVN_TREE_NAME([path, "Subversion keeps its own data under this name"]);
};

const inspect = async (root: string, path: string): Promise<TreeEntry> => {
  const stats = await lstat(join(root, path));
  if (stats.isDirectory()) return { path, kind: "directory", executable: true };
  if (stats.isFile()) return { path, kind: "file", executable: (stats.mode & 0o100) !== 0 };
  if (!stats.isSymbolicLink()) throw errors.HWS_SVN_TREE_NAME([path, "it is no file, folder or link"]);
  return { path, kind: "link", executable: false, target: await readlink(join(root, path)) };
};
