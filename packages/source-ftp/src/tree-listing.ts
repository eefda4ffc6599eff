import { createHash } from "node:crypto";
import type { ConnectionPool } from "./connection-pool.ts";
import { errors } from "./errors.ts";
import type { FtpConnection, RawListing } from "./ftp-connection.ts";
import { type ListedEntry, UnreadableLine } from "./listed-entry.ts";
import { readMachineListing } from "./machine-listing.ts";
import { readPlainListing } from "./plain-listing.ts";
import { checkName } from "./remote-name.ts";

/** One path of the tree, relative and with `/`. */
export interface ListedPath {
  readonly path: string;
  readonly kind: "file" | "directory";
  /** Bytes of a file, else 0. */
  readonly sizeBytes: number;
  /** When a file was changed: `YYYYMMDDHHMMSS` in UTC, or the server's own words; empty for a directory. */
  readonly time: string;
  readonly executable: boolean;
}

const maxPaths = 250_000;
const maxDepth = 64;
const exactTime = /^\d{14}/;

const entriesOf = (folder: string, { form, text }: RawListing): readonly ListedEntry[] => {
  try {
    return form === "MLSD" ? readMachineListing(text) : readPlainListing(text);
  } catch (error) {
    if (!(error instanceof UnreadableLine)) throw error;
    const why = `the line ${JSON.stringify(error.line.slice(0, 120))} is not understood`;
    throw errors.HWS_FTP_LISTING([folder || ".", why]);
  }
};

const pathOf = (folder: string, entry: ListedEntry, path: string): ListedPath => {
  const { kind, sizeBytes, time, executable = false } = entry;
  if (kind === "link") throw errors.HWS_FTP_LINK([path]);
  if (kind === "special") throw errors.HWS_FTP_SPECIAL([path]);
  if (kind === "directory") return { path, kind, sizeBytes: 0, time: "", executable: false };
  if (sizeBytes === undefined) throw errors.HWS_FTP_LISTING([folder || ".", `no size of ${path}`]);
  return { path, kind, sizeBytes, time, executable };
};

/** The paths of one directory. What is excluded is not looked at, so that it cannot be refused either. */
const readFolder = (
  folder: string,
  listing: RawListing,
  excluded: (path: string) => boolean,
): readonly ListedPath[] => {
  const seen = new Set<string>();
  return entriesOf(folder, listing).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (excluded(path)) return [];
    checkName(entry.name, folder);
    if (seen.has(entry.name)) throw errors.HWS_FTP_LISTING([folder || ".", `it has ${path} twice`]);
    seen.add(entry.name);
    return [pathOf(folder, entry, path)];
  });
};

/** LIST tells a time to the minute and in the server's own zone: the file is asked for the second. */
const withExactTime = async (connection: FtpConnection, file: ListedPath): Promise<ListedPath> => ({
  ...file,
  time: (await connection.timeOf(file.path)) ?? file.time,
});

/** Lists a tree, one level of directories after the other, in the order of the names' characters. */
export const listTree = async (
  pool: ConnectionPool,
  excluded: (path: string) => boolean,
): Promise<readonly ListedPath[]> => {
  const listed: ListedPath[] = [];
  let level: readonly string[] = [""];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth)
      throw errors.HWS_FTP_LIMIT([level[0] ?? "", `${maxDepth} directories inside each other`]);
    const found: ListedPath[] = [];
    await pool.each(level, async (connection, folder) => {
      found.push(...readFolder(folder, await connection.list(folder), excluded));
      if (listed.length + found.length > maxPaths)
        throw errors.HWS_FTP_LIMIT([folder || ".", `${maxPaths} paths`]);
    });
    listed.push(...found);
    level = found.filter(({ kind }) => kind === "directory").map(({ path }) => path);
  }
  const exact: ListedPath[] = listed.filter(({ kind, time }) => kind === "directory" || exactTime.test(time));
  const inexact = listed.filter((one) => !(one.kind === "directory" || exactTime.test(one.time)));
  await pool.each(inexact, async (connection, file) => {
    exact.push(await withExactTime(connection, file));
  });
  return exact.sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** One name for a listing: it changes whenever a path, a size, a time or a mode does. */
export const listingId = (listing: readonly ListedPath[]): string => {
  const hash = createHash("sha256");
  for (const { path, kind, sizeBytes, time, executable } of listing) {
    hash.update(`${JSON.stringify([path, kind, sizeBytes, time, executable])}\n`);
  }
  return `listing-${hash.digest("hex")}`;
};
