import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationContext } from "../contracts/common.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { Releases } from "../state/releases.ts";

const downloads = 6;

/** Fetches an artifact to the place of the form in which it is stored; what is cut on the way begins again. */
export const download = async (
  releases: Releases,
  artifact: string,
  places: { readonly gzip: string; readonly zstd: string },
  context: OperationContext,
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const { form, stream } = await releases.getArtifact(artifact, context);
      return await receive(stream, form === "tar.gz" ? places.gzip : places.zstd, context.signal);
    } catch (error) {
      const again = HawserError.is(error) && error.retryable && attempt < downloads;
      if (!again) throw error;
      await sleep(250 * 2 ** attempt, undefined, { signal: context.signal });
    }
  }
};

/** The file appears whole or not at all. */
export const receive = async (stream: Readable, place: string, signal: AbortSignal): Promise<void> => {
  await mkdir(dirname(place), { recursive: true });
  const part = `${place}.${process.pid}.part`;
  try {
    await pipeline(stream, createWriteStream(part), { signal });
    await rename(part, place);
  } finally {
    await rm(part, { force: true });
  }
};
