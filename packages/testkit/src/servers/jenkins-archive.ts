import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Answers with all artifacts as a zip that is made while it is sent: without a length, all names under `archive/`. */
export const sendArchive = async (
  response: ServerResponse,
  artifacts: ReadonlyMap<string, Buffer>,
): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-jenkins-zip-"));
  try {
    for (const [path, bytes] of artifacts) {
      await mkdir(dirname(join(directory, "archive", path)), { recursive: true });
      await writeFile(join(directory, "archive", path), bytes);
    }
    response.writeHead(200, { "content-type": "application/zip" });
    const zip = spawn("zip", ["-q", "-r", "-", "archive"], {
      cwd: directory,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(zip, "exit");
    await pipeline(zip.stdout, response);
    await ended;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
