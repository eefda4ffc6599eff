import { randomBytes } from "node:crypto";
import { chmod, readdir, readFile, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import { runGit } from "./git-command.ts";
import { localEnvironment } from "./git-environment.ts";
import type { Mirror } from "./mirror.ts";
import type { TreeEntry } from "./tree-listing.ts";

/**
 * Writes a tree of the mirror into an empty directory. git writes links as files that hold their target; they become
 * links only when everything else is in place, so that nothing can be written through one.
 */
export const writeTree = async (
  mirror: Mirror,
  { tree, entries, directory }: { tree: string; entries: readonly TreeEntry[]; directory: string },
  context: OperationContext,
): Promise<void> => {
  const indexFile = join(mirror.repository, `index-${randomBytes(6).toString("hex")}`);
  const base = {
    environment: localEnvironment(),
    repository: mirror.repository,
    workTree: directory,
    indexFile,
  };
  try {
    await runGit(mirror.spawn, { ...base, command: "read-tree", argv: [tree] }, context);
    await runGit(mirror.spawn, { ...base, command: "checkout-index", argv: ["--all"] }, context);
  } catch (error) {
    // The directory was empty and is again: the same tree may be written once more, from a new mirror.
    for (const name of await readdir(directory))
      await rm(join(directory, name), { recursive: true, force: true });
    throw error;
  } finally {
    await rm(indexFile, { force: true });
  }
  await finishTree(directory, entries, context.signal);
};

/** Makes of what git wrote what Hawser ships: the modes, and links of the files that hold their targets. */
export const finishTree = async (
  directory: string,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<void> => {
  // Under the usual umask git has made them so already: ten thousand calls less.
  if (process.umask() !== usualUmask) await setModes(directory, entries, signal);
  for (const entry of entries) {
    if (entry.kind === "link") await makeLink(join(directory, entry.path));
  }
};

const usualUmask = 0o022;

/** Whatever the umask of this process was. */
const setModes = async (
  directory: string,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<void> => {
  const modes = new Map<string, number>();
  for (const { path, kind } of entries) {
    for (let parent = dirname(path); parent !== "." && !modes.has(parent); parent = dirname(parent)) {
      modes.set(parent, 0o755);
    }
    modes.set(path, kind === "executable" || kind === "submodule" ? 0o755 : 0o644);
  }
  const all = [...modes];
  for (let start = 0; start < all.length; start += 64) {
    signal.throwIfAborted();
    await Promise.all(all.slice(start, start + 64).map(([path, mode]) => chmod(join(directory, path), mode)));
  }
};

const makeLink = async (path: string): Promise<void> => {
  const target = await readFile(path);
  await rm(path);
  await symlink(target, path);
};
