import type { BigIntStats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "./errors.ts";
import type { ListedPath } from "./listing.ts";

/** What `--munge-links` puts before every target, so that no link of a mirror leads anywhere. */
const munged = "/rsyncd-munged/";

/** Lists what has come from the server, as the server would list it; parents before what is in them. */
export const scanMirror = async (root: string, signal: AbortSignal): Promise<readonly ListedPath[]> => {
  const listed: ListedPath[] = [];
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted();
    const names = await readdir(join(root, folder));
    const paths = names.map((name) => (folder === "" ? name : `${folder}/${name}`));
    for (let start = 0; start < paths.length; start += 64) {
      const part = await Promise.all(paths.slice(start, start + 64).map((path) => look(root, path)));
      listed.push(...part);
      waiting.push(...part.filter(({ kind }) => kind === "directory").map(({ path }) => path));
    }
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
};

const look = async (root: string, path: string): Promise<ListedPath> => {
  // Such a name cannot be looked at by its text.
  if (path.includes("\ufffd")) throw errors.HWS_RSYNC_NAME([path, "it is not UTF-8"]);
  const at = join(root, path);
  const stat = await lstat(at, { bigint: true });
  const none = { path, sizeBytes: 0, modified: 0, target: "" };
  if (stat.isDirectory()) return { ...none, kind: "directory" };
  if (stat.isFile()) return { ...none, ...fileOf(stat) };
  if (!stat.isSymbolicLink()) throw errors.HWS_RSYNC_SPECIAL([path]);
  const target = await readlink(at);
  if (!target.startsWith(munged)) throw errors.HWS_RSYNC_LINK([path, target]);
  return { ...none, kind: "link", target: target.slice(munged.length) };
};

/** A file of a mirror as a server would list it. */
export const fileOf = (stat: BigIntStats): Pick<ListedPath, "kind" | "sizeBytes" | "modified"> => ({
  kind: (stat.mode & 0o100n) === 0n ? "file" : "executable",
  sizeBytes: Number(stat.size),
  // Towards the past, as a server counts seconds before 1970 too.
  modified: Math.floor(Number(stat.mtimeNs / 1_000_000n) / 1000),
});
