import { artifactErrors } from "../errors/artifact-codes.ts";
import { maxNameBytes } from "./name.ts";

/** How large an archive from outside may be. */
export interface ArchiveLimits {
  /** Of the archive itself. Default 16 GiB. */
  readonly packedBytes: number;
  /** Of the unpacked archive. Default 16 GiB. */
  readonly unpackedBytes: number;
  /** Unpacked bytes for each byte of the archive, counted once 16 MiB are unpacked. Default 200. */
  readonly ratio: number;
  /** Files, links and directories, also those that are only implied. Default 1,000,000. */
  readonly entries: number;
  /** Parts of a name. Default 128. */
  readonly depth: number;
  /** Bytes of a name as it stands in the archive. Default 3072. */
  readonly pathBytes: number;
}

export const defaultLimits: ArchiveLimits = {
  packedBytes: 16 * 2 ** 30,
  unpackedBytes: 16 * 2 ** 30,
  ratio: 200,
  entries: 1_000_000,
  depth: 128,
  pathBytes: maxNameBytes,
};

/** Small archives of little content may well shrink by more than the ratio. */
const ratioFromBytes = 16 << 20;

/** Counts what goes into and comes out of a decompressor, and stops at the limits before it is written anywhere. */
export class ArchiveMeter {
  readonly #limits: ArchiveLimits;
  #packed = 0;
  #unpacked = 0;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  get packedBytes(): number {
    return this.#packed;
  }

  /** Stands before the decompressor. */
  async *packed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { packedBytes } = this.#limits;
    for await (const chunk of chunks) {
      this.#packed += chunk.length;
      if (this.#packed > packedBytes) throw artifactErrors.HWS_ARCHIVE_LIMIT(["bytes", packedBytes]);
      yield chunk;
    }
  }

  /** Stands behind it. */
  async *unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { unpackedBytes, ratio } = this.#limits;
    for await (const chunk of chunks) {
      this.#unpacked += chunk.length;
      if (this.#unpacked > unpackedBytes) {
        throw artifactErrors.HWS_ARCHIVE_LIMIT(["bytes unpacked", unpackedBytes]);
      }
      if (this.#unpacked > ratioFromBytes && this.#unpacked > this.#packed * ratio) {
        throw artifactErrors.HWS_ARCHIVE_LIMIT(["unpacked bytes for each of its own", ratio]);
      }
      yield chunk;
    }
  }
}
