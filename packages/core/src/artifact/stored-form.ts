import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { OperationContext } from "../contracts/common.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { gzipMembers } from "./gzip-members.ts";
import { writeWhole } from "./part-file.ts";

/** Chosen by measurement: docs/adr/0004-artifact.md. */
export const gzipLevel = 6;

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
    const input = createReadStream(request.path, { highWaterMark: 1 << 20, signal: context.signal });
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
  const { stream, output, digest, limitBytes } = request;
  await writeWhole(output, async (file) => {
    const hash = createHash("sha256");
    let bytes = 0;
    await pipeline(
      stream,
      createGunzip({ chunkSize: 1 << 18 }),
      async (tar: AsyncIterable<Buffer>) => {
        for await (const chunk of tar) {
          bytes += chunk.length;
          if (bytes > limitBytes) throw artifactErrors.HWS_ARTIFACT_TOO_LARGE([limitBytes]);
          hash.update(chunk);
          await file.writeFile(chunk);
          context.progress({ bytes, total: limitBytes });
        }
      },
      { signal: context.signal },
    ).catch((error: unknown) => {
      throw asCorrupt(error);
    });
    const found = `sha256-${hash.digest("hex")}`;
    if (found !== digest) throw artifactErrors.HWS_ARTIFACT_DIGEST([digest, found]);
  });
};

/** zlib's own errors have codes that begin with Z_. */
const asCorrupt = (error: unknown): unknown => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (HawserError.is(error) || code === undefined || !code.startsWith("Z_")) return error;
  return artifactErrors.HWS_ARTIFACT_CORRUPT(["the stored artifact", (error as Error).message], {
    cause: error,
  });
};
