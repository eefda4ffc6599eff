import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HawserError, type OperationContext, type PluginContext, withFolderLock } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { isLocalFailure, runGit } from "./git-command.ts";
import { type GitEnvironment, localEnvironment } from "./git-environment.ts";
import { isMissingObject } from "./git-failure.ts";
import type { GitUrl } from "./git-url.ts";

/** Attributes of a repository's own stand above those in its tree: bytes leave git as they were committed. */
const attributes =
  "* -text -crlf !eol -ident -filter -working-tree-encoding -export-ignore -export-subst -diff -merge\n";

/** A bare repository in the cache that holds the commits fetched before, each with nothing of its history. */
export interface Mirror {
  readonly repository: string;
  readonly url: GitUrl;
  readonly spawn: PluginContext["spawn"];
  /** The environment for commands that talk to the server. */
  readonly remote: GitEnvironment;
}

export interface MirrorPlace {
  readonly cacheDirectory: string;
  readonly url: GitUrl;
  readonly spawn: PluginContext["spawn"];
  readonly remote: GitEnvironment;
  /** What it holds: whole trees of single commits, or only the commits of a history. */
  readonly kind: "trees" | "history";
}

/** SHA-1 names have 40 digits, SHA-256 names 64; a repository has one of the two. */
const formatOf = (id: string | undefined): string => (id?.length === 64 ? "sha256" : "sha1");

/**
 * Works on the mirror for commits named like `id`, which no other process is using meanwhile. A mirror that turns out to be damaged is thrown away, and the
 * work is done once more on a new one.
 */
export const withMirror = async <T>(
  place: MirrorPlace & { readonly id?: string | undefined },
  context: OperationContext,
  work: (mirror: Mirror) => Promise<T>,
): Promise<T> => {
  const name = createHash("sha256").update(place.url.href).digest("hex").slice(0, 32);
  const format = formatOf(place.id);
  const directory = join(place.cacheDirectory, `git-${place.kind}-${format}-${name}`);
  const busy = (owner: string) => errors.HWS_GIT_CACHE_BUSY([owner]);
  return await withFolderLock({ directory, signal: context.signal, busy }, async () => {
    const mirror: Mirror = { ...place, repository: join(directory, "repository.git") };
    try {
      await prepare(mirror, format, context);
      return await work(mirror);
    } catch (error) {
      if (!isLocalFailure(error) || context.signal.aborted) throw error;
      const output = (error as HawserError).output;
      context.logger.warn("the repository cache could not be used and is made anew", {
        url: place.url.shown,
        output,
      });
      await discard(mirror);
      await prepare(mirror, format, context);
      return await work(mirror);
    }
  });
};

const discard = async ({ repository }: Mirror): Promise<void> => {
  const away = `${repository}.${randomBytes(6).toString("hex")}`;
  await rename(repository, away).catch(() => {});
  await rm(away, { recursive: true, force: true });
};

const prepare = async (mirror: Mirror, format: string, context: OperationContext): Promise<void> => {
  const marker = join(mirror.repository, "hawser-ready");
  if (await stat(marker).catch(() => undefined)) {
    await removeLeftovers(mirror.repository);
    return;
  }
  await discard(mirror);
  await mkdir(mirror.repository, { recursive: true });
  const argv = ["--bare", "--quiet", "--template=", `--object-format=${format}`, "--", mirror.repository];
  await runGit(mirror.spawn, { command: "init", argv, environment: localEnvironment() }, context);
  await mkdir(join(mirror.repository, "info"), { recursive: true });
  await writeFile(join(mirror.repository, "info", "attributes"), attributes);
  await writeFile(marker, "1\n");
};

/** Removes what a git that was killed leaves behind. Nobody else is at work here: the lock is held. */
const removeLeftovers = async (repository: string): Promise<void> => {
  const stale = ["shallow.lock", "config.lock", "packed-refs.lock", "HEAD.lock"].map((name) =>
    join(repository, name),
  );
  const packs = join(repository, "objects", "pack");
  const drafts = (await readdir(packs).catch(() => [])).filter((name) => name.startsWith("tmp_"));
  const indexes = (await readdir(repository)).filter((name) => name.startsWith("index-"));
  const all = [
    ...stale,
    ...drafts.map((name) => join(packs, name)),
    ...indexes.map((name) => join(repository, name)),
  ];
  await Promise.all(all.map((path) => rm(path, { force: true })));
};

/** Runs a command on the mirror that talks to nobody. */
export const readMirror = async (
  mirror: Mirror,
  command: string,
  argv: readonly string[],
  context: OperationContext,
  more: { readonly input?: string; readonly maxOutputBytes?: number } = {},
): Promise<string> =>
  await runGit(
    mirror.spawn,
    { command, argv, environment: localEnvironment(), repository: mirror.repository, ...more },
    context,
  );

/** Where a fetched commit is kept: the ref is set last, so a commit that has one is there with its whole tree. */
export const keptRef = (id: string): string => `refs/hawser/${id}`;

export const holdsCommit = async (
  mirror: Mirror,
  id: string,
  context: OperationContext,
): Promise<boolean> => {
  const found = await readMirror(
    mirror,
    "for-each-ref",
    ["--format=%(objectname)", "--", keptRef(id)],
    context,
  );
  return found.trim() === id;
};

export interface FetchRequest {
  readonly id: string;
  /** What the commit was called at the server: a tag's name helps where ids are not handed out. */
  readonly label?: string | undefined;
  /** How many generations of commits. Default 1. */
  readonly depth?: number;
  /** Only the commits of the history, without their trees, where the server can leave them out. */
  readonly commitsOnly?: boolean;
}

const noLimit = 2_147_483_647;

/** Brings one commit into the mirror. False when the server does not have it. */
export const fetchCommit = async (
  mirror: Mirror,
  { id, label, depth = 1, commitsOnly = false }: FetchRequest,
  context: OperationContext,
): Promise<boolean> => {
  if (await holdsCommit(mirror, id, context)) return true;
  const filter = commitsOnly ? ["--filter=tree:0"] : [];
  const at = (generations: number): readonly string[] => [
    ...filter,
    `--depth=${generations}`,
    "--",
    mirror.url.href,
  ];
  // A server may hand out only what it advertises: then by the tag's name, at last all that it has.
  const attempts: readonly (readonly string[])[] = [
    [...at(depth), `${id}:${keptRef(id)}`],
    ...(label === undefined || label.startsWith("refs/")
      ? []
      : [[...at(depth), `+refs/tags/${label}:refs/fetched/tag`]]),
    [...at(noLimit), "+refs/heads/*:refs/fetched/heads/*", "+refs/tags/*:refs/fetched/tags/*"],
  ];
  for (const argv of attempts) {
    if ((await tryFetch(mirror, argv, context)) === "notOurs") return false;
    if (await keepCommit(mirror, id, context)) return true;
  }
  return false;
};

const tryFetch = async (
  mirror: Mirror,
  argv: readonly string[],
  context: OperationContext,
): Promise<"fetched" | "refused" | "notOurs"> => {
  try {
    await fetchFrom(mirror, argv, context);
    return "fetched";
  } catch (error) {
    if (!HawserError.is(error) || !isMissingObject(error.output)) throw error;
    return /not our ref/.test(error.output ?? "") ? "notOurs" : "refused";
  }
};

/** Runs `git fetch` into the mirror. */
export const fetchFrom = async (
  mirror: Mirror,
  argv: readonly string[],
  context: OperationContext,
): Promise<void> => {
  const quiet = ["--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--progress"];
  await runGit(
    mirror.spawn,
    {
      command: "fetch",
      argv: [...quiet, ...argv],
      environment: mirror.remote,
      repository: mirror.repository,
      remote: mirror.url,
    },
    context,
  );
};

const keepCommit = async (mirror: Mirror, id: string, context: OperationContext): Promise<boolean> => {
  const type = await objectType(mirror, id, context);
  if (type === "missing") return false;
  if (type !== "commit") throw errors.HWS_SOURCE_REF_NOT_FOUND([id, mirror.url.shown, []]);
  await readMirror(mirror, "update-ref", [keptRef(id), id], context);
  return true;
};

/** The type of the object that an expression names; the expression is made of checked parts. */
export const objectType = async (
  mirror: Mirror,
  expression: string,
  context: OperationContext,
): Promise<string> => {
  const argv = ["--batch-check=%(objecttype)"];
  const text = await readMirror(mirror, "cat-file", argv, context, { input: `${expression}\n` });
  return /^(commit|tree|blob|tag)$/.exec(text.trim())?.[1] ?? "missing";
};
