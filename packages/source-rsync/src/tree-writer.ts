import { constants } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { ListedPath } from "./listing.ts";

/** Copies a mirror into an empty directory, which is empty again when that fails; blocks are shared where they can be. */
export const writeTree = async (
  listing: readonly ListedPath[],
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<void> => {
  try {
    await copy(listing, { from, to }, signal);
  } catch (error) {
    for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true });
    throw error;
  }
};

const copy = async (
  listing: readonly ListedPath[],
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<void> => {
  for (const { path, kind } of listing) {
    if (kind !== "directory") continue;
    await mkdir(join(to, path));
    await chmod(join(to, path), 0o755);
  }
  const files = listing.filter(({ kind }) => kind === "file" || kind === "executable");
  for (let start = 0; start < files.length; start += 32) {
    signal.throwIfAborted();
    await Promise.all(
      files.slice(start, start + 32).map(async ({ path, kind }) => {
        const target = join(to, path);
        await copyFile(join(from, path), target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
        await chmod(target, kind === "executable" ? 0o755 : 0o644);
      }),
    );
  }
  // Last, so that nothing is ever written through one.
  for (const { path, kind, target } of listing) if (kind === "link") await symlink(target, join(to, path));
};
