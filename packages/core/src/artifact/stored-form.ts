import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { OperationContext } from "../contracts/common.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import type { PlainForm } from "./form-name.ts";
import { gunzip, isZlibError } from "./gunzip.ts";
import { KnownMembers, type Member } from "./known-members.ts";
import { cutMembers } from "./member-cuts.ts";
import { writeWhole } from "./part-file.ts";
import { readAhead } from "./read-ahead.ts";
import { unzstd } from "./zstd-command.ts";

/** Chosen by measurement: docs/adr/0004-artifact.md. */
export const gzipLevel = 5;

/** An artifact as it lies in storage. */
export interface StoredForm {
  readonly sizeBytes: number;
  /** Of the compressed bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface CompressRequest {
  /** The canonical tar. */
  readonly path: string;
  readonly output: string;
  /** A file beside the output that lists the members of the form made last: those that did not change are taken over. */
  readonly members?: string;
}

/** Pieces compressed at once; zlib has its own threads, so the main one only moves buffers. */
const piecesAhead = 4;

const compress = promisify(gzip);

/**
 * Compresses an artifact, as a row of gzip members, which every reader of gzip joins (RFC 1952, 2.2).
 * - Equal artifacts give equal bytes, whatever was taken over; the output appears whole or not at all.
 * - Of an artifact that differs in few files from the one before only those members are compressed that hold them.
 */
export const compressArtifact = async (
  request: CompressRequest,
  context: OperationContext,
): Promise<StoredForm> => {
  await using known = request.members === undefined ? undefined : await KnownMembers.open(request.members);
  const members: Member[] = [];
  const form = await writeWhole(request.output, async (file) => {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    const input = createReadStream(request.path, { highWaterMark: 1 << 20 });
    const made = readAhead(cutMembers(input), piecesAhead, (piece) => makeMember(piece, known));
    for await (const { bytes, ...digests } of made) {
      context.signal.throwIfAborted();
      hash.update(bytes);
      members.push({ ...digests, offset: sizeBytes, sizeBytes: bytes.length });
      sizeBytes += bytes.length;
      await file.writeFile(bytes);
      context.progress({ bytes: input.bytesRead });
    }
    return { sizeBytes, sha256: hash.digest("hex") };
  });
  if (request.members !== undefined) await KnownMembers.save(request.members, request.output, members);
  return form;
};

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const makeMember = async (piece: Buffer, known: KnownMembers | undefined) => {
  const input = digestOf(piece);
  const bytes = (await known?.find(input)) ?? (await compress(piece, { level: gzipLevel }));
  return { input, sha256: digestOf(bytes), bytes };
};

export interface RestoreRequest {
  /** The compression of the stream. Default `tar.gz`; `tar.zst` needs the program zstd. */
  readonly form?: PlainForm;
  readonly stream: Readable;
  readonly output: string;
  /** `sha256-<64 hex>` of the tar. */
  readonly digest: string;
  /** The tar's length as the release record has it; more is `HWS_ARTIFACT_TOO_LARGE` before it is written. */
  readonly limitBytes: number;
}

/**
 * Makes the canonical tar of a stored form again.
 * - Another digest is `HWS_ARTIFACT_DIGEST`, a damaged stream `HWS_ARTIFACT_CORRUPT`, and there is no output then.
 * - An error of the stream itself is passed on as it is.
 */
export const restoreArtifact = async (request: RestoreRequest, context: OperationContext): Promise<void> => {
  const { stream, output, digest } = request;
  // Its error is thrown where it is read; until then nobody listens, and that would end the process.
  addAbortSignal(context.signal, stream).on("error", () => {});
  try {
    await writeWhole(output, async (file) => {
      const found = await writeTar(request, file, context);
      if (found !== digest) throw artifactErrors.HWS_ARTIFACT_DIGEST([digest, found]);
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw isZlibError(error)
      ? artifactErrors.HWS_ARTIFACT_CORRUPT(["the stored artifact", error.message], { cause: error })
      : error;
  } finally {
    stream.destroy();
  }
};

/** Gives the digest of what was written. */
const writeTar = async (
  { form, stream, limitBytes }: RestoreRequest,
  file: FileHandle,
  context: OperationContext,
): Promise<string> => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of form === "tar.zst" ? unzstd(stream) : gunzip(stream)) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw artifactErrors.HWS_ARTIFACT_TOO_LARGE([limitBytes]);
    hash.update(chunk);
    await file.writeFile(chunk);
    context.progress({ bytes, total: limitBytes });
  }
  return `sha256-${hash.digest("hex")}`;
};
