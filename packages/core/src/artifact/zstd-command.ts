import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { writeWhole } from "./part-file.ts";

const maxErrorBytes = 2048;
const environment = () => ({ PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" });
/** A form that is made once and sent at once: of the cheap levels the one after which size hardly falls. */
const level = "-3";

/** Compresses a file by the zstd program; false where this machine has none. The output appears whole or not at all. */
export const zstdFile = async (input: string, output: string, signal: AbortSignal): Promise<boolean> =>
  await writeWhole(output, async (file) => {
    const child = spawn("zstd", ["--quiet", "--threads=0", level, "--stdout", "--", input], {
      stdio: ["ignore", file.fd, "ignore"],
      env: environment(),
      signal,
      killSignal: "SIGKILL",
    });
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new NoZstd();
    return true;
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof NoZstd || (error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  });

class NoZstd extends Error {}

/** Decompresses by the zstd program, which refuses windows above 128 MiB by itself. */
export async function* unzstd(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const child = spawn("zstd", ["--decompress", "--stdout", "--quiet"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: environment(),
  });
  const failure = ended(child);
  const fed = pipeline(input, child.stdin).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const [why, source] = await Promise.all([failure, fed]);
    // A source that failed is the reason, and what the program says of its cut input is not. EPIPE is the reverse.
    if (source !== undefined && source.code !== "EPIPE") throw source;
    if (why !== undefined) throw why;
  } finally {
    child.kill("SIGKILL");
    child.stdout.destroy();
    await failure;
  }
}

/** Why the program failed, once it has ended. */
const ended = async (
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Promise<Error | undefined> => {
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("latin1")).slice(0, maxErrorBytes);
  });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return code === 0 ? undefined : artifactErrors.HWS_ARCHIVE_CORRUPT([said.trim() || "zstd was killed"]);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return missing ? artifactErrors.HWS_ARCHIVE_ZSTD_MISSING([], { cause: error }) : (error as Error);
  }
};
