import { constants } from "node:fs";
import { chmod, copyFile, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import type { ListedPath } from "./listing.ts";

/** Copies what was listed into an empty directory; where the file system can share the blocks, it does. */
export const copyListing = async (
  listing: readonly ListedPath[],
  { from, to }: { readonly from: string; readonly to: string },
  context: OperationContext,
): Promise<void> => {
  const directories = listing.filter(({ kind }) => kind === "directory");
  const files = listing.filter(({ kind }) => kind === "file");
  for (const { path } of directories) await mkdir(join(to, path), { mode: 0o700 });
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let bytes = 0;
  for (let start = 0; start < files.length; start += 16) {
    context.signal.throwIfAborted();
    const part = files.slice(start, start + 16);
    await Promise.all(part.map((file) => copyOne(file, from, to)));
    bytes += part.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    context.progress({ bytes, total });
  }
  for (const { path, kind, target } of listing) {
    if (kind === "link") await symlink(target, join(to, path));
  }
  // Innermost first: a directory that may not be written to is closed when it is full.
  for (const { path, mode } of directories.reverse()) await chmod(join(to, path), mode);
};

const copyOne = async ({ path, mode }: ListedPath, from: string, to: string): Promise<void> => {
  const target = join(to, path);
  await copyFile(join(from, path), target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(target, mode);
};
