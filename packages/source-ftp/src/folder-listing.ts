import { errors } from "./errors.ts";
import type { RawListing } from "./ftp-connection.ts";
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

/** One directory of the tree. */
export interface ListedFolder {
  readonly paths: readonly ListedPath[];
  /** Whether the server listed the directory itself too, as some always do. */
  readonly namesItself: boolean;
  /** Whether the listing names nothing at all, before exclusion. */
  readonly empty: boolean;
}

const entriesOf = (folder: string, { form, text }: RawListing): readonly ListedEntry[] => {
  if (text !== "" && !text.endsWith("\n")) throw errors.HWS_FTP_CUT([folder]);
  try {
    return form === "MLSD" ? readMachineListing(text) : readPlainListing(text);
  } catch (error) {
    if (!(error instanceof UnreadableLine)) throw error;
    const why = `the line ${JSON.stringify(error.line.slice(0, 120))} is not understood`;
    throw errors.HWS_FTP_LISTING([folder, why]);
  }
};

const pathOf = (folder: string, entry: ListedEntry, path: string): ListedPath => {
  const { kind, sizeBytes, time, executable = false } = entry;
  if (kind === "link") throw errors.HWS_FTP_LINK([path]);
  if (kind === "directory") return { path, kind, sizeBytes: 0, time: "", executable: false };
  if (kind !== "file") throw errors.HWS_FTP_SPECIAL([path]);
  if (sizeBytes === undefined) throw errors.HWS_FTP_LISTING([folder, `it has no size of ${path}`]);
  return { path, kind, sizeBytes, time, executable };
};

/** Reads the listing of one directory. What is excluded is not looked at, and so not refused either. */
export const readFolder = (
  folder: string,
  listing: RawListing,
  excluded: (path: string) => boolean,
): ListedFolder => {
  const all = entriesOf(folder, listing);
  const entries = all.filter(({ kind }) => kind !== "self");
  const seen = new Set<string>();
  const paths = entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (excluded(path)) return [];
    checkName(entry.name, folder);
    if (seen.has(entry.name)) throw errors.HWS_FTP_LISTING([folder, `it has ${path} twice`]);
    seen.add(entry.name);
    return [pathOf(folder, entry, path)];
  });
  return { paths, namesItself: entries.length < all.length, empty: entries.length === 0 };
};
