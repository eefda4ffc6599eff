import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./port.ts";
import { mustSendS3, type S3Place } from "./s3-request.ts";
import type { S3Login } from "./s3-signature.ts";
import { startSingleFile } from "./single-file.ts";

/** The moto server, which speaks S3 as AWS words it, on loopback until it is disposed. */
export interface MotoServer extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: string;
  /** It takes any key. */
  readonly login: S3Login;
  /** Makes a bucket with a name of its own. */
  createBucket(): Promise<string>;
}

const program = join(homedir(), ".cache/hawser-tools/moto/bin/python");
const startLimitMs = 60_000;

const end = async (server: ChildProcess): Promise<void> => {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
};

/**
 * Starts it on a random port; what it holds lives in its memory. It compares an ETag and writes in two steps that other
 * threads get between: of 40 writers of one key two have won (moto 5.2.5). So a front lets one request in at a time.
 */
export const startMoto = async (): Promise<MotoServer> => {
  const port = await freePort("127.0.0.1");
  const server = spawn(program, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    env: { PATH: process.env.PATH, HOME: tmpdir() },
    stdio: "ignore",
  });
  let failure: string | undefined;
  server.once("error", (error) => {
    failure = error.message;
  });
  server.once("exit", (code) => {
    failure ??= `exit ${code}`;
  });
  try {
    await waitForPort("127.0.0.1", port, () => failure, startLimitMs);
  } catch (error) {
    await end(server);
    throw error;
  }
  const front = await startSingleFile(port);
  const place: S3Place = {
    port: front.port,
    login: { accessKeyId: "hawser", secretAccessKey: "hawser-secret" },
  };
  return {
    port: front.port,
    login: place.login,
    endpoint: `http://127.0.0.1:${front.port}`,
    createBucket: async () => {
      const bucket = `test-${randomBytes(6).toString("hex")}`;
      await mustSendS3(place, { method: "PUT", bucket });
      return bucket;
    },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await end(server);
    },
  };
};
