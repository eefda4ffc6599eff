import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { errors } from "./errors.ts";
import type { Place } from "./place.ts";
import type { ListedObject } from "./prefix-listing.ts";

/** What no listing has named for so long is removed. */
const unusedMs = 24 * 60 * 60_000;

/**
 * Objects of a prefix that were fetched before. A file's name says which object it is (bucket, key, size,
 * ETag) and which digest its bytes have: `<32 digits>.<64 digits>`. It appears whole or not at all, and several
 * processes may share the folder.
 */
export class KeptObjects {
  readonly #directory: string;
  readonly #place: Place;
  readonly #names = new Map<string, string>();

  private constructor(directory: string, place: Place) {
    this.#directory = directory;
    this.#place = place;
  }

  static async open(cacheDirectory: string, place: Place): Promise<KeptObjects> {
    const directory = join(cacheDirectory, "objects");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const kept = new KeptObjects(directory, place);
    for (const name of await readdir(directory)) {
      if (/^[0-9a-f]{32}\.[0-9a-f]{64}$/.test(name)) kept.#names.set(name.slice(0, 32), name);
    }
    return kept;
  }

  /** Whether an object is there, as far as its length tells; its bytes are proved when they are given. */
  async has(object: ListedObject): Promise<boolean> {
    const name = this.#names.get(this.#identityOf(object));
    if (name === undefined) return false;
    const path = join(this.#directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== object.sizeBytes) return false;
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return true;
  }

  /** Takes an object in; `counted` hears of the bytes as they come. */
  async add(
    object: ListedObject,
    stream: Readable,
    { signal, counted }: { readonly signal: AbortSignal; counted(bytes: number): void },
  ): Promise<void> {
    const draft = join(this.#directory, `draft-${randomBytes(8).toString("hex")}`);
    const hash = createHash("sha256");
    const seen = shownTo((chunk) => {
      hash.update(chunk);
      counted(chunk.length);
    });
    try {
      // Opened before anything may fail: a stream that opens it would make it again after it was removed.
      const file = await open(draft, "wx", 0o600);
      await pipeline(stream, seen, file.createWriteStream(), { signal });
      const name = `${this.#identityOf(object)}.${hash.digest("hex")}`;
      await rename(draft, join(this.#directory, name));
      this.#names.set(this.#identityOf(object), name);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Writes an object's bytes to a file that is not there yet. Damaged ones are let go of, and are an error. */
  async write(object: ListedObject, target: string, signal: AbortSignal): Promise<void> {
    const name = this.#names.get(this.#identityOf(object)) ?? "";
    const path = join(this.#directory, name);
    const hash = createHash("sha256");
    const seen = shownTo((chunk) => hash.update(chunk));
    const source = createReadStream(path);
    const file = await open(target, "wx");
    const lost = await pipeline(source, seen, file.createWriteStream(), { signal }).then(
      () => hash.digest("hex") !== name.slice(33),
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT" || error.path !== path) throw error;
        return true;
      },
    );
    if (!lost) return;
    await rm(path, { force: true });
    throw errors.HWS_S3_CACHE([path]);
  }

  /** Removes what is not in this listing and was in none for a day. */
  async trim(listing: readonly ListedObject[]): Promise<void> {
    const wanted = new Set(listing.map((object) => this.#names.get(this.#identityOf(object))));
    for (const name of await readdir(this.#directory)) {
      if (wanted.has(name)) continue;
      const path = join(this.#directory, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > unusedMs) await rm(path, { force: true });
    }
  }

  #identityOf({ key, sizeBytes, etag }: ListedObject): string {
    const { endpoint = "", bucket } = this.#place;
    const text = JSON.stringify([endpoint, bucket, key, sizeBytes, etag]);
    return createHash("sha256").update(text).digest("hex").slice(0, 32);
  }
}

/** Passes chunks on, and shows each. */
const shownTo = (see: (chunk: Buffer) => void) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      see(chunk);
      yield chunk;
    }
  };
