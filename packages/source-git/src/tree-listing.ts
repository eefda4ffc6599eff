import { dirname } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type Mirror, readMirror } from "./mirror.ts";

/** One path of a tree. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "executable" | "link" | "submodule";
  readonly id: string;
  /** Bytes; 0 for a submodule. */
  readonly sizeBytes: number;
}

const kinds: Readonly<Record<string, TreeEntry["kind"]>> = {
  "100644": "file",
  "100664": "file",
  "100755": "executable",
  "120000": "link",
  "160000": "submodule",
};

/** Lists a tree, and refuses names that no checkout may write. */
export const listTree = async (
  mirror: Mirror,
  tree: string,
  context: OperationContext,
): Promise<readonly TreeEntry[]> => {
  const argv = ["-r", "-z", "-l", "--full-tree", tree];
  const text = await readMirror(mirror, "ls-tree", argv, context, { maxOutputBytes: 512 * 1024 * 1024 });
  const entries = text
    .split("\0")
    .filter((line) => line !== "")
    .map(readEntry);
  checkPlaces(entries);
  return entries;
};

/** A crafted tree may have a name twice: as a link and as the directory that files are written into. */
const checkPlaces = (entries: readonly TreeEntry[]): void => {
  const paths = new Set<string>();
  const folders = new Set<string>();
  for (const { path } of entries) {
    if (paths.has(path)) throw errors.HWS_GIT_TREE_NAME([path, "it is there twice"]);
    paths.add(path);
    for (let folder = dirname(path); folder !== "." && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  }
  for (const folder of folders) {
    if (paths.has(folder)) throw errors.HWS_GIT_TREE_NAME([folder, "it is there twice"]);
  }
};

const readEntry = (line: string): TreeEntry => {
  const tab = line.indexOf("\t");
  const [mode = "", , id = "", size = ""] = line.slice(0, tab).split(/ +/);
  const path = line.slice(tab + 1);
  const kind = kinds[mode];
  if (kind === undefined) throw errors.HWS_GIT_TREE_NAME([path, `its mode ${mode} is none that Git writes`]);
  checkName(path);
  return { path, kind, id, sizeBytes: size === "-" ? 0 : Number(size) };
};

/** Characters that HFS+ leaves out when it compares names. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

const checkName = (path: string): void => {
  if (path.includes("\ufffd")) throw errors.HWS_GIT_TREE_NAME([path, "it is not UTF-8"]);
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..")
      throw errors.HWS_GIT_TREE_NAME([path, "it leaves the tree"]);
    const plain = part.replaceAll(ignoredByHfs, "").toLowerCase();
    if (/^(\.git|git~1)[ .]*(:|\\|$)/.test(plain))
      throw errors.HWS_GIT_TREE_NAME([path, "some file systems read it as .git"]);
  }
};
