import { createHash, randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { HawserError, type OperationContext, withFolderLock } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { RsyncServer } from "./rsync-server.ts";

/** What has come from one URL before: only differences to it travel. */
export interface Mirror {
  /** What is at the URL, after the last transfer. */
  readonly content: string;
  /** Where rsync writes a file until it is whole. */
  readonly drafts: string;
  /** Where it leaves one that was cut, to go on from there. */
  readonly partial: string;
}

/** Works on the mirror of a server, which no other process is using meanwhile. One that is damaged is made anew. */
export const withMirror = async <T>(
  server: RsyncServer,
  context: OperationContext,
  work: (mirror: Mirror) => Promise<T>,
): Promise<T> => {
  const { argument, port = 0 } = server.place;
  const name = createHash("sha256").update(`${port} ${argument}`).digest("hex").slice(0, 32);
  const directory = join(server.cacheDirectory, `rsync-${name}`);
  const mirror = {
    content: join(directory, "content"),
    drafts: join(directory, "drafts"),
    partial: join(directory, "partial"),
  };
  const busy = (owner: string) => errors.HWS_RSYNC_CACHE_BUSY([owner]);
  return await withFolderLock({ directory, signal: context.signal, busy }, async () => {
    try {
      await prepare(mirror);
      return await work(mirror);
    } catch (error) {
      if (!isLocal(error) || context.signal.aborted) throw error;
      const { shown } = server.place;
      context.logger.warn("the mirror could not be used and is made anew", {
        url: shown,
        why: String(error),
      });
      await Promise.all(Object.values(mirror).map(discard));
      await prepare(mirror);
      return await work(mirror);
    }
  });
};

/** True for a failure that says nothing about the server: the mirror may be what is broken. */
const isLocal = (error: unknown): boolean =>
  HawserError.is(error, "HWS_RSYNC_FAILED") || (error as NodeJS.ErrnoException).syscall !== undefined;

const discard = async (path: string): Promise<void> => {
  const away = `${path}.${randomBytes(6).toString("hex")}`;
  await rename(path, away).catch(() => {});
  await rm(away, { recursive: true, force: true });
};

const prepare = async (mirror: Mirror): Promise<void> => {
  // An rsync that was killed leaves its drafts behind.
  await discard(mirror.drafts);
  for (const path of Object.values(mirror)) {
    const stat = await lstat(path).catch(() => undefined);
    if (stat !== undefined && !stat.isDirectory()) await discard(path);
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
};

/** What a mirror's own user may do, and whether a file is a program: more of a mode is not kept. */
const modes = "D700,Fug-s,Fo-t,Fu+rw,Fgo=";

/**
 * Brings a mirror to what is at the URL. Bytes are compared and not times alone: a build may give every file the same
 * time. When something came, the server is looked at once more: what changes meanwhile is `HWS_SOURCE_MOVED`, never a
 * mixture.
 */
export const refreshMirror = async (
  server: RsyncServer,
  mirror: Mirror,
  argv: readonly string[],
  context: OperationContext,
): Promise<void> => {
  // -1: times are compared to the nanosecond, where the protocol has them.
  const sameness = [...argv, "--times", "--perms", `--chmod=${modes}`, "--modify-window=-1"];
  const files = ["--checksum", `--partial-dir=${mirror.partial}`];
  if ((await server.transfer([...sameness, ...files], mirror, context)) === 0) return;
  for (const name of await readdir(mirror.partial)) await rm(join(mirror.partial, name), { force: true });
  if ((await server.transfer([...sameness, "--dry-run"], mirror, context)) > 0)
    throw errors.HWS_SOURCE_MOVED([server.place.shown]);
};
