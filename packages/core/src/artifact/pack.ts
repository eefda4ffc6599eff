import { createHash } from "node:crypto";
import type { OperationContext } from "../contracts/common.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { ChangedTar, type KnownFile, KnownFiles, type PackedBefore } from "./known-files.ts";
import { Manifest, type ManifestEntry } from "./manifest.ts";
import { encodeName } from "./name.ts";
import { writeWhole } from "./part-file.ts";
import { paddingBytes, tarHeader, trailerBytes } from "./tar-header.ts";
import { TarWriter } from "./tar-writer.ts";
import { readChunks, readSmall, smallBytes } from "./tree-file.ts";
import { type ScannedEntry, scanTree } from "./tree-scan.ts";
import { Turn } from "./turn.ts";

/** A tree packed into its canonical tar. */
export interface PackedArtifact {
  /** `sha256-<64 hex>` of the tar: the artifact's name. */
  readonly digest: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly manifest: Manifest;
}

export interface PackRequest {
  /** The prepared tree. */
  readonly directory: string;
  /** Where the tar is put, outside the tree. */
  readonly output: string;
  /** The release's creation time, seconds since 1970. */
  readonly created: number;
  /** Of the release before: an entry with the same mode, size and digest keeps its mtime. */
  readonly previous?: Manifest;
  /** What is known of the same tree from the last time: its unchanged files are not read again. */
  readonly before?: PackedBefore;
}

/**
 * Packs a tree.
 * - Equal trees give equal bytes, whatever the order of creation, the clock, the umask or the owner.
 * - Sockets, devices, named pipes, links that leave the tree and reserved names are refused, and nothing is written.
 * - A file that changes while it is packed is `HWS_ARTIFACT_CHANGED`.
 * - The output appears whole or not at all.
 */
export const packTree = async (request: PackRequest, context: OperationContext): Promise<PackedArtifact> => {
  const scanned = await scanTree(request.directory, context.signal);
  if (scanned.length === 0) throw artifactErrors.HWS_ARTIFACT_EMPTY([request.directory]);
  await using known = request.before && (await KnownFiles.open(request.before));
  try {
    return await packScanned(scanned, known, request, context);
  } catch (error) {
    if (!(error instanceof ChangedTar)) throw error;
    context.logger.warn("the artifact packed last is damaged: the tree is read whole");
    return await packScanned(scanned, undefined, request, context);
  }
};

const packScanned = async (
  scanned: readonly ScannedEntry[],
  known: KnownFiles | undefined,
  request: PackRequest,
  context: OperationContext,
): Promise<PackedArtifact> =>
  await writeWhole(request.output, async (file) => {
    const tar = new TarWriter(file);
    try {
      const entries = await writeMembers(scanned, known, tar, request, context);
      await tar.write(Buffer.alloc(trailerBytes));
      await known?.finish();
      return { ...(await tar.end()), path: request.output, manifest: Manifest.from(entries) };
    } finally {
      await tar.settle();
    }
  });

const writeMembers = async (
  scanned: readonly ScannedEntry[],
  known: KnownFiles | undefined,
  tar: TarWriter,
  request: PackRequest,
  context: OperationContext,
): Promise<readonly ManifestEntry[]> => {
  const total = scanned.reduce((sum, entry) => sum + dataBytes(entry), 0);
  const entries: ManifestEntry[] = [];
  const turn = new Turn(context.signal);
  let bytes = 0;
  let run: { from: number; to: number } | undefined;
  const copyRun = async (): Promise<void> => {
    if (run !== undefined) await known?.copy(run.from, run.to, tar);
    run = undefined;
  };
  const joinRun = async ({ from, to }: KnownFile): Promise<void> => {
    if (run?.to !== from) await copyRun();
    run = { from: run?.from ?? from, to };
  };
  for (const entry of scanned) {
    await turn.yield();
    const found = known?.find(entry);
    if (found === undefined) await copyRun();
    else await joinRun(found);
    const sha256 = found?.entry.sha256 ?? (await writeMember(entry, tar, context.signal));
    entries.push(toManifestEntry(entry, sha256, request));
    bytes += dataBytes(entry);
    context.progress({ bytes, total });
  }
  await copyRun();
  return entries;
};

const dataBytes = (entry: ScannedEntry): number => (isFile(entry) ? entry.stats.size : 0);

const isFile = (entry: ScannedEntry): boolean => entry.mode === "755" || entry.mode === "644";

/** Writes one member and gives the digest that its manifest entry has. */
const writeMember = async (entry: ScannedEntry, tar: TarWriter, signal: AbortSignal): Promise<string> => {
  const sizeBytes = dataBytes(entry);
  await tar.write(
    tarHeader({
      name: Buffer.from(entry.key, "latin1"),
      mode: entry.mode,
      sizeBytes,
      mtime: 0,
      ...(entry.target !== undefined && { target: entry.target }),
    }),
  );
  if (entry.mode === "dir") return "-";
  const hash = createHash("sha256");
  if (entry.target !== undefined) return hash.update(entry.target).digest("hex");
  for await (const chunk of sizeBytes > smallBytes ? readChunks(entry) : [readSmall(entry)]) {
    signal.throwIfAborted();
    hash.update(chunk);
    await tar.write(chunk);
  }
  await tar.write(Buffer.alloc(paddingBytes(sizeBytes)));
  return hash.digest("hex");
};

const toManifestEntry = (entry: ScannedEntry, sha256: string, request: PackRequest): ManifestEntry => {
  const { mode } = entry;
  const name = encodeName(Buffer.from(entry.key, "latin1"));
  if (mode === "dir") return { mode, sizeBytes: 0, mtime: 0, sha256, name };
  if (entry.target !== undefined) return { mode, sizeBytes: entry.target.length, mtime: 0, sha256, name };
  const sizeBytes = entry.stats.size;
  const before = request.previous?.get(name);
  const kept = before?.mode === mode && before.sizeBytes === sizeBytes && before.sha256 === sha256;
  return { mode, sizeBytes, mtime: kept ? before.mtime : request.created, sha256, name };
};
