import { createHash } from "node:crypto";
import type { ConnectionPool } from "./connection-pool.ts";
import { errors } from "./errors.ts";
import { type ListedFolder, type ListedPath, readFolder } from "./folder-listing.ts";
import type { FtpConnection } from "./ftp-connection.ts";

const maxPaths = 250_000;
const maxDepth = 64;
const exactTime = /^\d{14}/;

/** The paths of a tree that were found so far. */
class FoundTree {
  readonly paths: ListedPath[] = [];
  readonly #url: string;
  #namesItself: boolean | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Adds one directory, the root first; gives the directories in it. */
  add(folder: string, { paths, namesItself, empty }: ListedFolder): readonly string[] {
    // With nothing in it, a listing that was cut cannot be told from a whole one.
    if (folder === "" && empty) throw errors.HWS_FTP_EMPTY([this.#url]);
    this.#namesItself ??= namesItself;
    if (this.#namesItself && !namesItself) throw errors.HWS_FTP_CUT([folder]);
    if (this.paths.length + paths.length > maxPaths)
      throw errors.HWS_FTP_LIMIT([folder, `${maxPaths} paths`]);
    for (const path of paths) this.paths.push(path);
    return paths.filter(({ kind }) => kind === "directory").map(({ path }) => path);
  }
}

/** LIST tells a time to the minute and in the server's own zone: the file is asked for the second. */
const withExactTimes = async (
  pool: ConnectionPool,
  listed: readonly ListedPath[],
): Promise<readonly ListedPath[]> => {
  const isExact = ({ kind, time }: ListedPath): boolean => kind === "directory" || exactTime.test(time);
  const exact = listed.filter(isExact);
  const ask = async (connection: FtpConnection, file: ListedPath): Promise<void> => {
    exact.push({ ...file, time: (await connection.timeOf(file.path)) ?? file.time });
  };
  await pool.each(
    listed.filter((one) => !isExact(one)),
    ask,
  );
  return exact;
};

/** Lists a tree, one level of directories after the other; gives it in the order of the names' characters. */
export const listTree = async (
  pool: ConnectionPool,
  { url, excluded }: { readonly url: string; readonly excluded: (path: string) => boolean },
): Promise<readonly ListedPath[]> => {
  const found = new FoundTree(url);
  let level: readonly string[] = [""];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth)
      throw errors.HWS_FTP_LIMIT([level[0] ?? "", `${maxDepth} directories inside each other`]);
    const next: string[] = [];
    await pool.each(level, async (connection, folder) => {
      const listing = await connection.list(folder);
      for (const inner of found.add(folder, readFolder(folder, listing, excluded))) next.push(inner);
    });
    level = next;
  }
  const listed = await withExactTimes(pool, found.paths);
  return listed.toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

/** One name for a listing: it changes whenever a path, a size, a time or a mode does. */
export const listingId = (listing: readonly ListedPath[]): string => {
  const hash = createHash("sha256");
  for (const { path, kind, sizeBytes, time, executable } of listing) {
    hash.update(`${JSON.stringify([path, kind, sizeBytes, time, executable])}\n`);
  }
  return `listing-${hash.digest("hex")}`;
};
