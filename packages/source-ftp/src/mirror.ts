import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ListedPath } from "./folder-listing.ts";

/** What is known of a file that was received before. */
export interface KeptFile {
  readonly sizeBytes: number;
  readonly time: string;
  readonly sha256: string;
}

const digestGrammar = /^[0-9a-f]{64}$/;
const abandonedMs = 24 * 60 * 60_000;

const isKept = (value: unknown): value is KeptFile => {
  if (typeof value !== "object" || value === null) return false;
  const { sizeBytes, time, sha256 } = value as Partial<Record<keyof KeptFile, unknown>>;
  return (
    typeof sizeBytes === "number" &&
    typeof time === "string" &&
    typeof sha256 === "string" &&
    digestGrammar.test(sha256)
  );
};

/**
 * The files of the last fetch, by their digests, and a table of what paths they had. Several processes may use one
 * mirror: whatever is in it may be gone or changed at any time, and is then received again.
 */
export class Mirror {
  readonly #directory: string;
  readonly #known: Map<string, KeptFile>;

  private constructor(directory: string, known: Map<string, KeptFile>) {
    this.#directory = directory;
    this.#known = known;
  }

  static async open(directory: string): Promise<Mirror> {
    for (const name of ["files", "incoming"])
      await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    const text = await readFile(join(directory, "table.json"), "utf8").catch(() => "{}");
    const known = new Map<string, KeptFile>();
    try {
      for (const [path, kept] of Object.entries(JSON.parse(text))) if (isKept(kept)) known.set(path, kept);
    } catch {
      // A damaged table is none.
    }
    return new Mirror(directory, known);
  }

  /** Copies a file that is listed as it was when it was received; false when it has to be received. */
  async give({ path, sizeBytes, time }: ListedPath, target: string): Promise<boolean> {
    const kept = this.#known.get(path);
    if (kept === undefined || kept.sizeBytes !== sizeBytes || kept.time !== time) return false;
    const file = this.#fileOf(kept.sha256);
    try {
      await copyFile(file, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      if ((await digestOf(target)) === kept.sha256) return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    await rm(target, { force: true });
    return false;
  }

  /** A new name for a file that is being received. */
  incoming(): string {
    return join(this.#directory, "incoming", randomUUID());
  }

  /** Takes a file that was received, and copies it to its place in the tree. */
  async take(
    incoming: string,
    { target, sha256 }: { readonly target: string; readonly sha256: string },
  ): Promise<void> {
    await copyFile(incoming, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await rename(incoming, this.#fileOf(sha256));
  }

  /** Remembers a file by what it was listed as, for when the table is written. */
  know(path: string, kept: KeptFile): void {
    this.#known.set(path, kept);
  }

  /** Writes the table: after a fetch that failed too, so that the next one need not begin from nothing. */
  async save(): Promise<void> {
    const draft = this.incoming();
    await writeFile(draft, JSON.stringify(Object.fromEntries(this.#known)), { mode: 0o600 });
    await rename(draft, join(this.#directory, "table.json"));
  }

  /** Writes the table with the paths of this tree only, and removes the files that none of them has. */
  async keepOnly(paths: ReadonlySet<string>): Promise<void> {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
    await this.save();
    const used = new Set([...this.#known.values()].map(({ sha256 }) => sha256));
    for (const name of await readdir(join(this.#directory, "files"))) {
      if (!used.has(name)) await rm(join(this.#directory, "files", name), { force: true });
    }
    for (const name of await readdir(join(this.#directory, "incoming"))) {
      const file = join(this.#directory, "incoming", name);
      // Another process may be receiving into it.
      const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > abandonedMs) await rm(file, { force: true });
    }
  }

  #fileOf(sha256: string): string {
    return join(this.#directory, "files", sha256);
  }
}

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
};
