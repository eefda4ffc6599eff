import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { layOut, type MemberPlace } from "./artifact-file.ts";
import type { Manifest, ManifestEntry } from "./manifest.ts";
import { encodeName } from "./name.ts";
import { statLine } from "./stat-line.ts";
import { paddedBytes } from "./tar-header.ts";
import type { TarWriter } from "./tar-writer.ts";
import type { ScannedEntry } from "./tree-scan.ts";

/** What the tree was when it was packed last, and the tar that was made of it. */
export interface PackedBefore {
  /** The stat line of every path, by raw name. */
  readonly stats: ReadonlyMap<string, string>;
  readonly manifest: Manifest;
  /** `sha256-<64 hex>` of the tar. */
  readonly digest: string;
  readonly tar: string;
}

/** A member that is in the tar already, with its place from its header to its padding. */
export interface KnownFile {
  readonly entry: ManifestEntry;
  readonly from: number;
  readonly to: number;
}

/** Thrown when the tar of last time is not what it was: the tree has to be read instead. */
export class ChangedTar extends Error {}

const chunkBytes = 1 << 20;

/**
 * Members of the tar of last time whose files have not changed since, so that they need not be read again. They are
 * taken in the order of names, and the whole tar goes through its digest on the way: at the end it is known that
 * every byte taken was the one that the digest stands for.
 */
export class KnownFiles implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #before: PackedBefore;
  readonly #places: ReadonlyMap<string, MemberPlace>;
  readonly #hash: Hash = createHash("sha256");
  readonly #chunk: Buffer = Buffer.allocUnsafe(chunkBytes);
  #at = 0;

  private constructor(file: FileHandle, before: PackedBefore) {
    this.#file = file;
    this.#before = before;
    this.#places = layOut(before.manifest);
  }

  /** Undefined when the tar is gone. */
  static async open(before: PackedBefore): Promise<KnownFiles | undefined> {
    const file = await open(before.tar, "r").catch(() => undefined);
    return file && new KnownFiles(file, before);
  }

  find(scanned: ScannedEntry): KnownFile | undefined {
    if (this.#before.stats.get(scanned.key) !== statLine(scanned.stats)) return undefined;
    const name = encodeName(Buffer.from(scanned.key, "latin1"));
    const entry = this.#before.manifest.get(name);
    const place = this.#places.get(name);
    if (entry === undefined || place === undefined || entry.mode !== scanned.mode) return undefined;
    const hasData = entry.mode === "755" || entry.mode === "644";
    return {
      entry,
      from: place.headerAt,
      to: place.dataAt + (hasData ? paddedBytes(entry.sizeBytes) : 0),
    };
  }

  /** Writes the bytes of one or more members that lie one after the other. */
  async copy(from: number, to: number, tar: TarWriter): Promise<void> {
    await this.#pass(from);
    await this.#pass(to, tar);
  }

  /** Throws `ChangedTar` unless the whole tar had its digest. */
  async finish(): Promise<void> {
    while (await this.#read(chunkBytes));
    if (`sha256-${this.#hash.digest("hex")}` !== this.#before.digest) throw new ChangedTar();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #pass(to: number, tar?: TarWriter): Promise<void> {
    while (this.#at < to) {
      const bytesRead = await this.#read(Math.min(chunkBytes, to - this.#at));
      if (bytesRead === 0) throw new ChangedTar();
      await tar?.write(this.#chunk.subarray(0, bytesRead));
    }
  }

  async #read(length: number): Promise<number> {
    const { bytesRead } = await this.#file.read(this.#chunk, 0, length, this.#at);
    this.#hash.update(this.#chunk.subarray(0, bytesRead));
    this.#at += bytesRead;
    return bytesRead;
  }
}
