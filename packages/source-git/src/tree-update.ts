import { randomBytes } from "node:crypto";
import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import { runGit } from "./git-command.ts";
import { localEnvironment } from "./git-environment.ts";
import type { Mirror } from "./mirror.ts";
import type { TreeEntry } from "./tree-listing.ts";
import { finishTree } from "./tree-writer.ts";

export interface UpdateRequest {
  /** The tree that the directory is to hold, and its entries. */
  readonly tree: string;
  readonly entries: readonly TreeEntry[];
  /** The entries that it holds now. */
  readonly from: readonly TreeEntry[];
  readonly directory: string;
}

/**
 * Brings a directory that holds one tree to another. What differs is removed first, so that nothing is written through
 * a link or into a file that was there. Gives the paths that it touched.
 */
export const updateTree = async (
  mirror: Mirror,
  { tree, entries, from, directory }: UpdateRequest,
  context: OperationContext,
): Promise<readonly string[]> => {
  const { gone, fresh } = difference(from, entries);
  const touched = [...gone, ...fresh.map(({ path }) => path)];
  for (const path of gone) await removePath(directory, path);
  if (fresh.length === 0) return touched;
  const base = {
    environment: localEnvironment(),
    repository: mirror.repository,
    workTree: directory,
    indexFile: join(mirror.repository, `index-${randomBytes(6).toString("hex")}`),
  };
  const input = fresh.map(({ path }) => `${path}\0`).join("");
  try {
    await runGit(mirror.spawn, { ...base, command: "read-tree", argv: [tree] }, context);
    await runGit(
      mirror.spawn,
      { ...base, command: "checkout-index", argv: ["-z", "--stdin"], input },
      context,
    );
  } finally {
    await rm(base.indexFile, { force: true });
  }
  await finishTree(directory, fresh, context.signal);
  return touched;
};

const signature = ({ kind, id }: TreeEntry): string => `${kind} ${id}`;

/** The paths of the first tree that are not so in the second, and what the second has instead or besides. */
const difference = (from: readonly TreeEntry[], to: readonly TreeEntry[]) => {
  const before = new Map(from.map((entry) => [entry.path, signature(entry)]));
  const after = new Map(to.map((entry) => [entry.path, signature(entry)]));
  return {
    gone: [...before.keys()].filter((path) => before.get(path) !== after.get(path)),
    fresh: to.filter((entry) => before.get(entry.path) !== signature(entry)),
  };
};

/** Also the folders that it leaves empty: a tree of git has none. */
const removePath = async (directory: string, path: string): Promise<void> => {
  await rm(join(directory, path), { force: true });
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    const removed = await rmdir(join(directory, folder)).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
};
