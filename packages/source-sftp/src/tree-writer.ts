import { createHash } from "node:crypto";
import { chmod, mkdir, open, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { OperationContext } from "@hawser/core/plugin";
import type { Sftp } from "@hawser/ssh";
import { errors } from "./errors.ts";
import type { ListedPath } from "./listing.ts";
import type { Mirror } from "./mirror.ts";
import { inParallel } from "./parallel.ts";
import { readPieces } from "./pieces.ts";
import { isMissing } from "./remote-place.ts";

export interface WriteRequest {
  readonly listing: readonly ListedPath[];
  /** The directory on the server, its real path. */
  readonly root: string;
  /** An empty one. */
  readonly directory: string;
  /** The place, for people. */
  readonly url: string;
  readonly mirror: Mirror;
  readonly sessions: readonly [Sftp, ...Sftp[]];
}

/** A small file costs four answers one after the other: with many files in flight nobody waits for them. */
const filesAtOnce = 32;

/** Writes what was listed. Links come last, so that nothing is ever written through one. */
export const writeTree = async (request: WriteRequest, context: OperationContext): Promise<void> => {
  const { listing, directory, sessions } = request;
  const files = listing.filter(({ kind }) => kind === "file");
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let bytes = 0;
  const advance = (count: number): void => {
    bytes += count;
    context.progress({ bytes, total });
  };
  for (const { path, kind } of listing) {
    if (kind !== "directory") continue;
    await mkdir(join(directory, path));
    await chmod(join(directory, path), 0o755);
  }
  await inParallel(files, filesAtOnce * sessions.length, context.signal, async (file, index) => {
    const sftp = sessions[index % sessions.length] ?? sessions[0];
    await writeFile(file, sftp, request, context.signal, advance);
  });
  for (const { path, kind, target } of listing) {
    if (kind === "link") await symlink(target, join(directory, path));
  }
};

const writeFile = async (
  file: ListedPath,
  sftp: Sftp,
  { directory, mirror, root, url }: WriteRequest,
  signal: AbortSignal,
  advance: (count: number) => void,
): Promise<void> => {
  const to = join(directory, file.path);
  if (await mirror.copy(file, to)) advance(file.sizeBytes);
  else {
    try {
      await mirror.keep(
        file,
        await receive(file, sftp, { from: `${root}/${file.path}`, to }, signal, advance),
        to,
      );
    } catch (error) {
      throw isMissing(error) || error === otherFile
        ? errors.HWS_SOURCE_MOVED([url, file.path], { cause: error })
        : error;
    }
  }
  // Only the owner's bit counts, as in an artifact.
  await chmod(to, (file.mode & 0o100) === 0 ? 0o644 : 0o755);
};

const otherFile = new Error("the file has not the length and the time that were listed");

/** Transfers a file and gives its digest. */
const receive = async (
  file: ListedPath,
  sftp: Sftp,
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
  advance: (count: number) => void,
): Promise<string> => {
  const hash = createHash("sha256");
  const remote = await sftp.open(from);
  await using local = await open(to, "wx");
  try {
    let left = file.sizeBytes;
    for await (const piece of readPieces(remote, 0, file.sizeBytes)) {
      signal.throwIfAborted();
      hash.update(piece);
      await local.writeFile(piece);
      left -= piece.length;
      advance(piece.length);
    }
    // Asked of what was read: it is kept under this time also when the fetch fails before it is listed again.
    const { modified } = await remote.attributes();
    if (left !== 0 || modified !== file.modified) throw otherFile;
    return hash.digest("hex");
  } finally {
    remote.close();
  }
};
