import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./port.ts";
import { mustSendS3, type S3Place } from "./s3-request.ts";
import type { S3Login } from "./s3-signature.ts";
import { startSingleFile } from "./single-file.ts";

/** The moto server, which speaks the wire formats of AWS, S3 among them, on loopback until it is disposed. */
export interface MotoServer extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: string;
  /** It takes any key. */
  readonly login: S3Login;
  /** Makes a bucket with a name of its own. */
  createBucket(): Promise<string>;
  /** One call of the Query protocol; any status but 200 is an error. Gives the XML. */
  call(
    service: string,
    version: string,
    action: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<string>;
}

const program = join(homedir(), ".cache/hawser-tools/moto/bin/python");
const startLimitMs = 60_000;

const end = async (server: ChildProcess): Promise<void> => {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
};

/** The scope of a signature tells moto which service is meant; the signature itself it does not prove. */
const callQuery = async (
  endpoint: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> => {
  const scope = `Credential=test/20260101/us-east-1/${service}/aws4_request`;
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams(parameters),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`moto refused ${parameters.Action}: ${text}`);
  return text;
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
  const endpoint = `http://127.0.0.1:${front.port}`;
  return {
    port: front.port,
    login: place.login,
    endpoint,
    call: (service, version, action, parameters = {}) =>
      callQuery(endpoint, service, { Action: action, Version: version, ...parameters }),
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
