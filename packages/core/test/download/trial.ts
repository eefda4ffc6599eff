import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import type { OperationContext, Progress } from "../../src/contracts/common.ts";
import type { Downloaded, DownloadRequest, OpenedPart } from "../../src/contracts/download.ts";
import { Downloads } from "../../src/download/downloads.ts";
import type { DownloadLimits } from "../../src/download/limits.ts";

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const someBytes = (sizeBytes = 300_000): Buffer => randomBytes(sizeBytes);

/** A protocol over bytes in memory, cut and changed as a test tells. */
export class Served {
  bytes: Buffer;
  /** Where each opening ends, by turn; undefined lets all through. */
  readonly cuts: (number | undefined)[] = [];
  /** How an opening ends at its cut. */
  ending: "error" | "end" | "silence" = "error";
  /** Whether the length is told. */
  tells = true;
  /** Whether it can begin at an offset. */
  ranges = true;
  readonly offsets: number[] = [];

  constructor(bytes: Buffer = someBytes()) {
    this.bytes = bytes;
  }

  readonly open = async (asked: number): Promise<OpenedPart> => {
    this.offsets.push(asked);
    const offset = this.ranges ? asked : 0;
    const cut = this.cuts.shift();
    const told = this.tells ? { sizeBytes: this.bytes.length } : {};
    return { stream: Readable.from(this.#chunks(offset, cut), { objectMode: false }), offset, ...told };
  };

  async *#chunks(offset: number, cut: number | undefined): AsyncGenerator<Buffer> {
    const end = cut ?? this.bytes.length;
    for (let at = offset; at < end; at += 65_536) yield this.bytes.subarray(at, Math.min(end, at + 65_536));
    if (cut === undefined || this.ending === "end") return;
    if (this.ending === "error") throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
  }
}

export interface Trial {
  readonly directory: string;
  readonly downloads: Downloads;
  readonly reports: Progress[];
  /** Names in the cache. */
  names(): readonly string[];
  get(
    request: Partial<DownloadRequest> & Pick<DownloadRequest, "open">,
    signal?: AbortSignal,
  ): Promise<Downloaded>;
}

/** Downloads with small limits in a folder of its own. */
export const trial = (limits: Partial<DownloadLimits> = {}, shared?: string): Trial => {
  const directory = shared ?? mkdtempSync(join(tmpdir(), "hawser-download-"));
  const downloads = new Downloads(directory, { stallMs: 300, baseDelayMs: 1, maxDelayMs: 5, ...limits });
  onTestFinished(async () => {
    await downloads[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });
  const reports: Progress[] = [];
  const context = (signal: AbortSignal): OperationContext => ({
    signal,
    logger: { debug: () => {}, info: () => {}, warn: () => {} },
    progress: (progress) => {
      reports.push(progress);
    },
  });
  return {
    directory,
    downloads,
    reports,
    names: () => readdirSync(join(directory, "downloads")).sort(),
    get: (request, signal = new AbortController().signal) =>
      downloads.download({ identity: "a", ...request }, context(signal)),
  };
};
