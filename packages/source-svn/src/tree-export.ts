import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import type { Mirror } from "./mirror.ts";
import { type Programs, runSvn } from "./svn-command.ts";
import { inspectTree, type TreeEntry } from "./tree-inspection.ts";

/**
 * Writes the tree of a mirror into an empty directory, from the bytes that were received: without keywords, and with
 * `svn:eol-style native` as a line feed, so that every machine gives the same tree.
 */
export const exportTree = async (
  programs: Programs,
  mirror: Mirror,
  directory: string,
  context: OperationContext,
): Promise<void> => {
  const argv = [
    ...["--quiet", "--force", "--ignore-externals", "--ignore-keywords"],
    ...["--native-eol", "LF", "--revision", "BASE"],
    // svn reads what stands behind the last @ as a peg revision, also in the target.
    ...["--", ".", `${directory}@`],
  ];
  try {
    await runSvn(programs, { command: "export", argv, directory: mirror.directory }, context);
    await setModes(directory, await inspectTree(directory, context.signal), context.signal);
  } catch (error) {
    // The directory was empty and is again: the same tree may be written once more, from a new mirror.
    for (const name of await readdir(directory))
      await rm(join(directory, name), { recursive: true, force: true });
    throw error;
  }
};

const usualUmask = 0o022;

/** Under the usual umask svn has made them so already. */
const setModes = async (
  directory: string,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<void> => {
  if (process.umask() === usualUmask) return;
  for (const { path, kind, executable } of entries) {
    signal.throwIfAborted();
    if (kind !== "link") await chmod(join(directory, path), executable ? 0o755 : 0o644);
  }
};
