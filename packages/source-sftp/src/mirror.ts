import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isTelling } from "./file-time.ts";
import type { ListedPath } from "./listing.ts";

interface KeptFile {
  readonly sizeBytes: number;
  readonly modified: number;
  readonly sha256: string;
}

/**
 * The files of the last fetch. Each is named by its own digest, which is checked whenever it is taken; an index says
 * which path had which, at what size and time. Nothing here is believed unseen: what was cut short by a kill, or
 * removed by another process that uses the same mirror, is only transferred again.
 */
export class Mirror {
  readonly #directory: string;
  readonly #before: ReadonlyMap<string, KeptFile>;
  readonly #now = new Map<string, KeptFile>();
  readonly #openedMs = Date.now();

  private constructor(directory: string, before: ReadonlyMap<string, KeptFile>) {
    this.#directory = directory;
    this.#before = before;
  }

  /** To be opened before the place is listed. `identity`: the place and what of it is listed. */
  static async open(cacheDirectory: string, identity: string): Promise<Mirror> {
    const name = createHash("sha256").update(identity).digest("hex").slice(0, 32);
    const directory = join(cacheDirectory, `tree-${name}`);
    await mkdir(join(directory, "files"), { recursive: true, mode: 0o700 });
    return new Mirror(
      directory,
      parseIndex(await readFile(join(directory, "index.json"), "utf8").catch(() => "")),
    );
  }

  /** Writes what the file had at this size and time. False when it is not here, or not whole; then nothing is written. */
  async copy(file: ListedPath, to: string): Promise<boolean> {
    const kept = this.#before.get(file.path);
    if (kept?.sizeBytes !== file.sizeBytes || kept.modified !== file.modified) return false;
    try {
      await copyFile(this.#place(kept.sha256), to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    }
    if ((await digestOf(to)) !== kept.sha256) {
      await rm(to);
      return false;
    }
    this.#now.set(file.path, kept);
    return true;
  }

  /** Keeps a copy of a file that was just received. */
  async keep(file: ListedPath, sha256: string, from: string): Promise<void> {
    if (!isTelling(file.modified, this.#openedMs)) return;
    await copyFile(from, this.#place(sha256), constants.COPYFILE_FICLONE);
    this.#now.set(file.path, { sizeBytes: file.sizeBytes, modified: file.modified, sha256 });
  }

  /** After a fetch that ended well: only its files stay. */
  async settle(): Promise<void> {
    await this.#write(this.#now);
    const kept = new Set([...this.#now.values()].map(({ sha256 }) => sha256));
    for (const name of await readdir(join(this.#directory, "files")))
      if (!kept.has(name)) await rm(this.#place(name), { force: true });
  }

  /** After one that failed: what arrived need not come again. */
  async save(): Promise<void> {
    await this.#write(new Map([...this.#before, ...this.#now]));
  }

  async #write(files: ReadonlyMap<string, KeptFile>): Promise<void> {
    const rows = [...files].map(([path, { sizeBytes, modified, sha256 }]) => [
      path,
      sizeBytes,
      modified,
      sha256,
    ]);
    await writeFile(join(this.#directory, "index.json"), JSON.stringify({ version: 1, files: rows }));
  }

  #place(sha256: string): string {
    return join(this.#directory, "files", sha256);
  }
}

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
};

type Row = readonly [string, number, number, string];

const parseIndex = (text: string): ReadonlyMap<string, KeptFile> => {
  try {
    const { version, files } = JSON.parse(text) as { version: number; files: readonly Row[] };
    const sound = version === 1 ? files.filter(([, , , sha256]) => /^[0-9a-f]{64}$/.test(sha256)) : [];
    return new Map(
      sound.map(([path, sizeBytes, modified, sha256]) => [path, { sizeBytes, modified, sha256 }] as const),
    );
  } catch {
    return new Map();
  }
};
