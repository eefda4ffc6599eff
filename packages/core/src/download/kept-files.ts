import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { onDisk } from "./part-file.ts";

/** What is known of a kept file. */
export interface KeptFile {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** How many of this process's downloads hold a path: engines of one process may share a cache. */
const holders = new Map<string, number>();

/** What a process that was killed left behind is older. */
const partAgeMs = 60 * 60_000;

/**
 * Files of earlier downloads. A file is named by its own digest, so that one name never has other bytes; an index
 * file `<sha256 of the identity>.json` says which file an identity has.
 */
export class KeptFiles implements AsyncDisposable {
  readonly #directory: string;
  readonly #most: number;
  readonly #held = new Set<string>();

  constructor(directory: string, most: number) {
    this.#directory = directory;
    this.#most = most;
  }

  /** Where a file of this digest stands. */
  pathOf({ sha256 }: { readonly sha256: string }): string {
    return join(this.#directory, sha256);
  }

  /** Where the part files of an identity begin. */
  async partOf(key: string): Promise<string> {
    await onDisk(mkdir(this.#directory, { recursive: true, mode: 0o700 }));
    return join(this.#directory, key);
  }

  /** What an identity has, when the file still has its length and its digest; it is held from then on. */
  async find(
    key: string,
    wanted: { readonly sha256?: string; readonly sizeBytes?: number },
    signal: AbortSignal,
  ): Promise<KeptFile | undefined> {
    const index = this.#indexOf(key);
    const file = parseIndex(await readFile(index, "utf8").catch(() => ""));
    if (file === undefined) return undefined;
    if (wanted.sha256 !== undefined && wanted.sha256 !== file.sha256) return undefined;
    if (wanted.sizeBytes !== undefined && wanted.sizeBytes !== file.sizeBytes) return undefined;
    this.#hold(this.pathOf(file));
    if (!(await isSound(this.pathOf(file), file, signal))) {
      await rm(index, { force: true });
      return undefined;
    }
    const now = new Date();
    await utimes(index, now, now).catch(() => {});
    return file;
  }

  /** Takes a part file in, whole and checked, and lets go of what is one too many. */
  async add(key: string, part: string, file: KeptFile): Promise<void> {
    this.#hold(this.pathOf(file));
    const draft = `${this.#indexOf(key)}.part-${randomBytes(6).toString("hex")}`;
    await onDisk(writeFile(draft, JSON.stringify(file), { mode: 0o600 }));
    // The index first: a file without one may be removed by another process.
    await onDisk(rename(draft, this.#indexOf(key)));
    await onDisk(rename(part, this.pathOf(file)));
    await this.#trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#held) {
      const left = (holders.get(path) ?? 1) - 1;
      if (left === 0) holders.delete(path);
      else holders.set(path, left);
    }
    this.#held.clear();
    // A run that is over does not fail because an old file cannot be removed; the next one tries again.
    await this.#trim().catch(() => {});
  }

  #indexOf(key: string): string {
    return join(this.#directory, `${key}.json`);
  }

  #hold(path: string): void {
    if (this.#held.has(path)) return;
    this.#held.add(path);
    holders.set(path, (holders.get(path) ?? 0) + 1);
  }

  async #trim(): Promise<void> {
    const names = await readdir(this.#directory).catch(() => []);
    const indexes = await this.#newestFirst(names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name)));
    const named = new Set<string>();
    for (const [place, index] of indexes.entries()) {
      const file = parseIndex(await readFile(index, "utf8").catch(() => ""));
      if (file !== undefined && (place < this.#most || holders.has(this.pathOf(file))))
        named.add(file.sha256);
      else await rm(index, { force: true });
    }
    for (const name of names) {
      const path = join(this.#directory, name);
      const isFile = /^[0-9a-f]{64}$/.test(name);
      if (isFile && !named.has(name) && !holders.has(path)) await rm(path, { force: true });
      if (name.includes(".part-") && (await ageMs(path)) > partAgeMs) await rm(path, { force: true });
    }
  }

  async #newestFirst(names: readonly string[]): Promise<readonly string[]> {
    const paths = names.map((name) => join(this.#directory, name));
    const aged = await Promise.all(paths.map(async (path) => ({ path, age: await ageMs(path) })));
    return aged.sort((a, b) => a.age - b.age).map(({ path }) => path);
  }
}

const ageMs = async (path: string): Promise<number> =>
  await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );

const parseIndex = (text: string): KeptFile | undefined => {
  try {
    const { sizeBytes, sha256 } = JSON.parse(text) as Partial<KeptFile>;
    if (typeof sizeBytes !== "number" || typeof sha256 !== "string") return undefined;
    return /^[0-9a-f]{64}$/.test(sha256) ? { sizeBytes, sha256 } : undefined;
  } catch {
    return undefined;
  }
};

const isSound = async (path: string, file: KeptFile, signal: AbortSignal): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== file.sizeBytes) return false;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal }).catch(() => {});
  signal.throwIfAborted();
  return hash.digest("hex") === file.sha256;
};
