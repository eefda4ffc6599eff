import { createHash } from "node:crypto";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "./errors.ts";

/** One path of a directory, relative and with `/`. */
export interface ListedPath {
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  /** Permission bits; 0 for a link. */
  readonly mode: number;
  /** Bytes of a file, else 0. */
  readonly sizeBytes: number;
  /** Nanoseconds since 1970 of a file, else 0. */
  readonly modified: bigint;
  /** Where a link points, as it is written. */
  readonly target: string;
}

/** Lists a directory, parents before what is in them, in the order of the names' characters. */
export const listDirectory = async (
  root: string,
  excluded: (path: string) => boolean,
  signal: AbortSignal,
): Promise<readonly ListedPath[]> => {
  const listed: ListedPath[] = [];
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted();
    const names = await readdir(join(root, folder)).catch(unreadable(join(root, folder)));
    const paths = names
      .map((name) => (folder === "" ? name : `${folder}/${name}`))
      .filter((path) => !excluded(path));
    for (let start = 0; start < paths.length; start += 64) {
      const part = await Promise.all(paths.slice(start, start + 64).map((path) => look(root, path)));
      listed.push(...part);
      waiting.push(...part.filter(({ kind }) => kind === "directory").map(({ path }) => path));
    }
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
};

const look = async (root: string, path: string): Promise<ListedPath> => {
  if (path.includes("\ufffd")) throw errors.HWS_DIRECTORY_NAME([path]);
  const at = join(root, path);
  const stat = await lstat(at, { bigint: true }).catch(unreadable(at));
  const mode = Number(stat.mode & 0o777n);
  const none = { sizeBytes: 0, modified: 0n, target: "" };
  if (stat.isDirectory()) return { path, kind: "directory", mode, ...none };
  if (stat.isFile()) {
    return { path, kind: "file", mode, sizeBytes: Number(stat.size), modified: stat.mtimeNs, target: "" };
  }
  if (!stat.isSymbolicLink()) throw errors.HWS_DIRECTORY_SPECIAL([path]);
  return { path, kind: "link", mode: 0, ...none, target: await readlink(at).catch(unreadable(at)) };
};

/** What is gone while the directory is read was there a moment ago: the source moves. */
const unreadable =
  (path: string) =>
  (cause: NodeJS.ErrnoException): never => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") throw errors.HWS_SOURCE_MOVED([path], { cause });
    throw errors.HWS_DIRECTORY_UNREADABLE([path, cause.code ?? cause.message], { cause });
  };

/** One name for a listing: it changes whenever a path, a size, a time, a mode or a link's target does. */
export const listingId = (listing: readonly ListedPath[]): string => {
  const hash = createHash("sha256");
  for (const { path, kind, mode, sizeBytes, modified, target } of listing) {
    hash.update(`${JSON.stringify([path, kind, mode, sizeBytes, modified.toString(), target])}\n`);
  }
  return `listing-${hash.digest("hex")}`;
};
