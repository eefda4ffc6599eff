import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { gunzip, isGzipError } from "./gunzip.ts";
import { gzipMembers } from "./gzip-members.ts";
import { writeWhole } from "./part-file.ts";

/** Chosen by measurement: docs/adr/0004-artifact.md. */
export const gzipLevel = 5;

/** An artifact as it lies in storage. */
export interface StoredForm {
  readonly sizeBytes: number;
  /** Of the compressed bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Compresses an artifact. Equal artifacts give equal bytes; the output appears whole or not at all. */
export const compressArtifact = async (
  request: { readonly path: string; readonly output: string },
  context: OperationContext,
): Promise<StoredForm> =>
  await writeWhole(request.output, async (file) => {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    const input = createReadStream(request.path, { highWaterMark: 1 << 20 });
    for await (const member of gzipMembers(input, gzipLevel)) {
      context.signal.throwIfAborted();
      hash.update(member);
      sizeBytes += member.length;
      await file.writeFile(member);
      context.progress({ bytes: input.bytesRead });
    }
    return { sizeBytes, sha256: hash.digest("hex") };
  });

export interface RestoreRequest {
  /** The stored form: gzip. */
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
    throw isGzipError(error)
      ? artifactErrors.HWS_ARTIFACT_CORRUPT(["the stored artifact", error.message], { cause: error })
      : error;
  } finally {
    stream.destroy();
  }
};

/** Gives the digest of what was written. */
const writeTar = async (
  { stream, limitBytes }: RestoreRequest,
  file: FileHandle,
  context: OperationContext,
): Promise<string> => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of gunzip(stream)) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw artifactErrors.HWS_ARTIFACT_TOO_LARGE([limitBytes]);
    hash.update(chunk);
    await file.writeFile(chunk);
    context.progress({ bytes, total: limitBytes });
  }
  return `sha256-${hash.digest("hex")}`;
};
