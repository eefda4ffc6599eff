import { createHash } from "node:crypto";
import { linkLeaves } from "@hawser/core/plugin";
import type { Sftp, SftpEntry } from "@hawser/ssh";
import { errors } from "./errors.ts";
import { inParallel } from "./parallel.ts";
import { isMissing } from "./remote-place.ts";

/** One path of a directory, relative and with `/`. */
export interface ListedPath {
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  /** Permission bits of a file, else 0. */
  readonly mode: number;
  /** Bytes of a file, else 0. */
  readonly sizeBytes: number;
  /** Seconds since 1970 of a file, else 0. */
  readonly modified: number;
  /** Where a link points, as it is written. */
  readonly target: string;
}

export interface ListRequest {
  readonly root: string;
  /** The place, for people. */
  readonly url: string;
  readonly excluded: (path: string) => boolean;
}

/** Those of core for archives from outside. */
const mostEntries = 1_000_000;
const mostDepth = 128;
const mostPathBytes = 3072;

const directoriesAtOnce = 32;

/** Lists a directory whole, parents before what is in them, after the rules for names, types and links. */
export const listTree = async (
  sftp: Sftp,
  request: ListRequest,
  signal: AbortSignal,
): Promise<readonly ListedPath[]> => {
  const listed: ListedPath[] = [];
  let level = [""];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostDepth)
      throw errors.HWS_SFTP_LIMIT([request.url, "directories inside each other", mostDepth]);
    const found: ListedPath[] = [];
    await inParallel(level, directoriesAtOnce, signal, async (folder) => {
      const names = await listFolder(sftp, request, folder, mostEntries - listed.length);
      for (const entry of names) found.push(entry);
      if (listed.length + found.length > mostEntries)
        throw errors.HWS_SFTP_LIMIT([request.url, "files and directories", mostEntries]);
    });
    listed.push(...found);
    level = found.filter(({ kind }) => kind === "directory").map(({ path }) => path);
  }
  refuseLeavingLinks(listed);
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
};

const listFolder = async (
  sftp: Sftp,
  { root, url, excluded }: ListRequest,
  folder: string,
  limit: number,
): Promise<readonly ListedPath[]> => {
  const at = folder === "" ? root : `${root}/${folder}`;
  try {
    const entries = judge(await sftp.list(at, limit), folder, excluded);
    return await Promise.all(entries.map((entry) => look(sftp, root, entry)));
  } catch (error) {
    // What is gone while the directory is read was there a moment ago: the source moves.
    if (isMissing(error) && folder !== "") throw errors.HWS_SOURCE_MOVED([url, folder], { cause: error });
    throw isMissing(error) ? errors.HWS_SFTP_NOT_FOUND([url], { cause: error }) : error;
  }
};

interface Judged {
  readonly path: string;
  readonly entry: SftpEntry;
}

/** The names of a folder that are not left out, each with its path, after the rules. */
const judge = (
  entries: readonly SftpEntry[],
  folder: string,
  excluded: (path: string) => boolean,
): readonly Judged[] => {
  const judged = entries
    .map((entry) => ({ path: folder === "" ? entry.name : `${folder}/${entry.name}`, entry }))
    // A name that is left out may be any, and of anything.
    .filter(({ path }) => !excluded(path));
  const seen = new Set<string>();
  for (const { path, entry } of judged) {
    checkName(entry.name, path);
    if (seen.has(path)) throw errors.HWS_SFTP_NAME([path, "it is there twice"]);
    seen.add(path);
    if (entry.kind === "special") throw errors.HWS_SFTP_SPECIAL([path]);
  }
  return judged;
};

const look = async (sftp: Sftp, root: string, { path, entry }: Judged): Promise<ListedPath> => {
  const { kind, mode, sizeBytes, modified } = entry;
  if (kind === "file") return { path, kind, mode, sizeBytes, modified, target: "" };
  const none = { mode: 0, sizeBytes: 0, modified: 0 };
  if (kind === "directory") return { path, kind, ...none, target: "" };
  const target = await sftp.readLink(`${root}/${path}`);
  if (/[\p{Cc}\ufffd]/u.test(target)) throw errors.HWS_SFTP_LINK([path, target]);
  return { path, kind: "link", ...none, target };
};

/** What a server calls a name can be a path, or no text at all. */
const checkName = (name: string, path: string): void => {
  const refuse = (why: string): never => {
    throw errors.HWS_SFTP_NAME([path, why]);
  };
  if (name === "" || name === "." || name === "..") refuse("it is none");
  if (name.includes("/")) refuse("it holds a /");
  if (/\p{Cc}/u.test(name)) refuse("it holds control characters");
  // How bytes that are not UTF-8 arrive.
  if (name.includes("\ufffd")) refuse("it is not UTF-8");
  if (Buffer.byteLength(name) > 255 || Buffer.byteLength(path) > mostPathBytes) refuse("it is too long");
};

const refuseLeavingLinks = (listed: readonly ListedPath[]): void => {
  const links = new Map(
    listed.filter(({ kind }) => kind === "link").map(({ path, target }) => [path, target]),
  );
  for (const [path, target] of links) if (linkLeaves(links, path)) throw errors.HWS_SFTP_LINK([path, target]);
};

/** One name for a listing: it changes whenever a path, a size, a time, a mode or a link's target does. */
export const listingId = (listing: readonly ListedPath[]): string => {
  const hash = createHash("sha256");
  for (const { path, kind, mode, sizeBytes, modified, target } of listing) {
    hash.update(`${JSON.stringify([path, kind, mode, sizeBytes, modified, target])}\n`);
  }
  return `listing-${hash.digest("hex")}`;
};
