import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Downloaded } from "@hawser/core/plugin";
import type { Build } from "./build.ts";
import { errors } from "./errors.ts";

/**
 * Compares a file with the fingerprint that Jenkins recorded at its build, where the job records them. It is MD5, so it
 * tells where a file comes from, and is no proof against somebody who makes one to fit.
 */
export const checkFingerprint = async (
  { fingerprints }: Build,
  artifact: { readonly path: string; readonly file: Downloaded; readonly build: string },
  signal: AbortSignal,
): Promise<void> => {
  const { path, file, build } = artifact;
  const sums = fingerprints.get(path.slice(path.lastIndexOf("/") + 1)) ?? fingerprints.get(path);
  if (sums === undefined) return;
  const hash = createHash("md5");
  await pipeline(createReadStream(file.path, { highWaterMark: 1 << 20 }), hash, { signal });
  if (!sums.has(hash.digest("hex"))) throw errors.HWS_JENKINS_FINGERPRINT([path, build]);
};
