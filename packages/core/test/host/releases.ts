import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { deltaArchive } from "../../src/artifact/delta.ts";
import { difference, manifestDelta } from "../../src/artifact/difference.ts";
import type { Manifest } from "../../src/artifact/manifest.ts";
import { type PackedArtifact, packTree } from "../../src/artifact/pack.ts";
import { renderRecord } from "../../src/artifact/release-record.ts";
import type { SentArchive, StageRequest } from "../../src/host/host-requests.ts";
import { context } from "./shells.ts";
import { folder } from "./trees.ts";

/** A stage whose archive goes along. */
export type SentStage = StageRequest & { readonly archive: SentArchive };

/** A release packed by the real packer, ready to be staged. */
export interface TestRelease {
  readonly id: string;
  readonly packed: PackedArtifact;
  readonly manifest: Manifest;
  readonly record: Buffer;
  full(changes?: Partial<SentStage>): Promise<SentStage>;
  delta(base: TestRelease, method: "recycle" | "clone", changes?: Partial<SentStage>): Promise<SentStage>;
  /** The archive of these entries. */
  archiveOf(names: readonly string[]): Promise<Buffer>;
}

export const application = "shop";
export const environment = "production";

/** Packs a tree as release `id`. */
export const releaseOf = async (
  directory: string,
  id: string,
  previous?: TestRelease,
): Promise<TestRelease> => {
  const created = 1_700_000_000 + Number(id);
  const packed = await packTree(
    {
      directory,
      output: join(folder(), "artifact.tar"),
      created,
      ...(previous && { previous: previous.manifest }),
    },
    context(),
  );
  const { manifest } = packed;
  const record = renderRecord({
    id,
    application,
    revision: { id: `r${id}`, exact: true },
    artifact: packed.digest,
    artifactBytes: packed.sizeBytes,
    manifest: manifest.digest,
    manifestBytes: manifest.bytes.length,
    entries: manifest.entries.length,
    filesBytes: manifest.filesBytes,
    created,
  });
  const archiveOf = async (names: readonly string[]): Promise<Buffer> => {
    const archive = await deltaArchive({ artifact: packed.path, manifest, names }, context());
    try {
      return await buffer(archive.open());
    } finally {
      await archive[Symbol.asyncDispose]();
    }
  };
  const shared = { epoch: 1, application, environment, release: id, record } as const;
  return {
    id,
    packed,
    manifest,
    record,
    archiveOf,
    full: async (changes = {}) => {
      const whole = gzipSync(await readFile(packed.path), { level: 1 });
      return {
        ...shared,
        method: "full",
        manifest: { form: "full", gzip: gzipSync(manifest.bytes) },
        archive: { form: "tar.gz", sizeBytes: whole.length, open: () => Readable.from([whole]) },
        ...changes,
      };
    },
    delta: async (base, method, changes = {}) => {
      const names = difference(base.manifest, manifest).send.map(({ name }) => name);
      const archive = await archiveOf(names);
      return {
        ...shared,
        method,
        base: base.id,
        manifest: { form: "delta", gzip: gzipSync(manifestDelta(base.manifest, manifest)) },
        archive: { form: "tar.gz", sizeBytes: archive.length, open: () => Readable.from([archive]) },
        ...changes,
      };
    },
  };
};
