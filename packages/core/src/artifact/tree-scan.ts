import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { linkLeaves } from "./link-escape.ts";
import type { EntryMode } from "./manifest-entry.ts";
import { displayName, encodeName, nameProblem, reservedTop } from "./name.ts";
import { Turn } from "./turn.ts";

/** A path of a tree that is about to be packed. */
export interface ScannedEntry {
  /** The raw name, one character a byte. */
  readonly key: string;
  readonly path: Buffer;
  readonly mode: EntryMode;
  readonly stats: Stats;
  /** Of a link. */
  readonly target?: Buffer;
}

/** Walks a tree that customer code made: everything in it, sorted by raw name, after the rules for names and links. */
export const scanTree = async (directory: string, signal: AbortSignal): Promise<readonly ScannedEntry[]> => {
  const root = Buffer.from(directory);
  const entries: ScannedEntry[] = [];
  const directories = [""];
  const turn = new Turn(signal);
  for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
    for (const key of namesIn(root, at)) {
      await turn.yield();
      const entry = scanEntry(root, key);
      entries.push(entry);
      if (entry.mode === "dir") directories.push(entry.key);
    }
  }
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  refuseLeavingLinks(entries);
  return entries;
};

const pathOf = (root: Buffer, key: string): Buffer =>
  key === "" ? root : Buffer.concat([root, Buffer.from(`/${key}`, "latin1")]);

const namesIn = (root: Buffer, directory: string): readonly string[] => {
  const names = readdirSync(pathOf(root, directory), { encoding: "buffer" });
  return names.map((name) => {
    const part = name.toString("latin1");
    const key = directory === "" ? part : `${directory}/${part}`;
    const problem = nameProblem(key);
    if (problem !== undefined) throw artifactErrors.HWS_ARTIFACT_NAME_INVALID([shown(key), problem]);
    const reserved = reservedTop(key);
    if (reserved !== undefined) throw artifactErrors.HWS_ARTIFACT_RESERVED([reserved]);
    return key;
  });
};

const scanEntry = (root: Buffer, key: string): ScannedEntry => {
  const path = pathOf(root, key);
  const stats = lstatSync(path);
  if (stats.isDirectory()) return { key, path, mode: "dir", stats };
  if (stats.isSymbolicLink()) {
    return { key, path, mode: "link", stats, target: readlinkSync(path, { encoding: "buffer" }) };
  }
  // Only the owner's bit counts: the others depend on the umask of whoever made the tree.
  if (stats.isFile()) return { key, path, mode: (stats.mode & 0o100) === 0 ? "644" : "755", stats };
  throw artifactErrors.HWS_ARTIFACT_TYPE([shown(key), typeOf(stats)]);
};

const typeOf = (stats: Stats): string => {
  if (stats.isFIFO()) return "named pipe";
  return stats.isSocket() ? "socket" : "device";
};

const refuseLeavingLinks = (entries: readonly ScannedEntry[]): void => {
  const links = new Map<string, string>();
  for (const { key, target } of entries) if (target !== undefined) links.set(key, target.toString("latin1"));
  for (const [key, target] of links) {
    if (target.includes("\x01")) {
      throw artifactErrors.HWS_ARTIFACT_NAME_INVALID([
        shown(key),
        "points to a name that holds the byte 0x01",
      ]);
    }
    if (linkLeaves(links, key)) throw artifactErrors.HWS_ARTIFACT_LINK_ESCAPE([shown(key), shown(target)]);
  }
};

/** A raw name as a person reads it. */
export const shown = (key: string): string => displayName(encodeName(Buffer.from(key, "latin1")));
