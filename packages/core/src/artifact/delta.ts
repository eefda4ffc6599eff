import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { ArtifactFile, layOut, type MemberPlace } from "./artifact-file.ts";
import { gzipMembers } from "./gzip-members.ts";
import type { Manifest, ManifestEntry } from "./manifest.ts";
import { decodeName, displayName, sortKey } from "./name.ts";
import { spool } from "./spool.ts";
import { blockBytes, paddingBytes, tarHeader, trailerBytes } from "./tar-header.ts";

const chunkBytes = 1 << 20;
/** A delta is made once and sent many times; it is small, so that time hardly counts. */
const level = 6;

export interface DeltaRequest {
  /** The path of the target's canonical tar. */
  readonly artifact: string;
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Percent-encoded names of the entries to include, in any order; a name twice counts once. */
  readonly names: readonly string[];
}

/** An archive to send. Its bytes may be opened any number of times until it is disposed. */
export interface DeltaArchive extends AsyncDisposable {
  readonly sizeBytes: number;
  open(): Readable;
}

/**
 * The tar.gz of some entries of an artifact, with the mtimes of the manifest.
 * - Equal artifacts and names give equal bytes.
 * - A name that the manifest lacks, and bytes that are not those of the manifest, are `HWS_ARTIFACT_CORRUPT`.
 * - Up to 8 MiB it is held in memory, beyond that in a temporary file that disposing removes.
 */
export const deltaArchive = async (
  request: DeltaRequest,
  context: OperationContext,
): Promise<DeltaArchive> => {
  const file = await ArtifactFile.open(request.artifact);
  try {
    return await spool(gzipMembers(members(request, file, context.signal), level), context.signal);
  } finally {
    await file[Symbol.asyncDispose]();
  }
};

async function* members(
  request: DeltaRequest,
  file: ArtifactFile,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const places = layOut(request.manifest);
  const names = [...new Set(request.names)].map((name) => ({ name, key: sortKey(name) }));
  names.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { name } of names) {
    signal.throwIfAborted();
    const entry = request.manifest.get(name);
    const place = places.get(name);
    if (entry === undefined || place === undefined) {
      throw artifactErrors.HWS_ARTIFACT_CORRUPT([displayName(name), "the manifest does not have it"]);
    }
    yield* member(entry, place, file);
  }
  yield Buffer.alloc(trailerBytes);
}

async function* member(entry: ManifestEntry, place: MemberPlace, file: ArtifactFile): AsyncGenerator<Buffer> {
  const { mode, mtime } = entry;
  const name = decodeName(entry.name);
  if (mode === "dir") {
    yield tarHeader({ name, mode, sizeBytes: 0, mtime });
    return;
  }
  const hash = createHash("sha256");
  if (mode === "link") {
    const target = await readTarget(entry, place, file);
    hash.update(target);
    yield tarHeader({ name, mode, sizeBytes: 0, mtime, target });
  } else {
    yield tarHeader({ name, mode, sizeBytes: entry.sizeBytes, mtime });
    for (let done = 0; done < entry.sizeBytes; done += chunkBytes) {
      const length = Math.min(chunkBytes, entry.sizeBytes - done);
      const chunk = await file.read(place.dataAt + done, length, entry.name);
      hash.update(chunk);
      yield chunk;
    }
    yield Buffer.alloc(paddingBytes(entry.sizeBytes));
  }
  if (hash.digest("hex") !== entry.sha256) {
    throw artifactErrors.HWS_ARTIFACT_CORRUPT([displayName(entry.name), "its bytes have another digest"]);
  }
}

/** A target that fits stands in the last header before the data, else in the record that begins the member. */
const readTarget = async (entry: ManifestEntry, place: MemberPlace, file: ArtifactFile): Promise<Buffer> => {
  const fits = entry.sizeBytes <= 100;
  const at = fits ? place.dataAt - blockBytes + 157 : place.headerAt + blockBytes;
  return await file.read(at, entry.sizeBytes, entry.name);
};
