import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeServerCertificate } from "./certificate.ts";
import { sealForMinio } from "./minio-secret.ts";
import { freePort } from "./port.ts";
import { mustSendS3, type S3Answer, type S3Call, type S3Place, sendS3 } from "./s3-request.ts";
import type { S3Login } from "./s3-signature.ts";

export interface MinioServerOptions {
  /** Served by HTTPS with a certificate of an authority of its own. Default: plain HTTP. */
  readonly tls?: boolean;
  /** Encrypts at rest with a key of its own when it is asked to: `key-1`. Default: it refuses. */
  readonly encryption?: boolean;
  /** The address of this machine on which it listens. Default 127.0.0.1. */
  readonly host?: string;
}

/** The real MinIO, with a data folder of its own, until it is disposed. */
export interface MinioServer extends AsyncDisposable {
  readonly port: number;
  /** `http://HOST:PORT`, or `https:` with TLS. */
  readonly endpoint: string;
  /** The root user. */
  readonly login: S3Login;
  /** The file with the authority's certificate, with TLS. */
  readonly authority?: string;
  /** One request of the root user; any status but a success is an error. */
  call(call: S3Call): Promise<S3Answer>;
  /** Makes a bucket with a name of its own. */
  createBucket(options?: { readonly versioned?: boolean }): Promise<string>;
  put(bucket: string, key: string, body: string | Uint8Array): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Makes a key pair that may do what a policy document allows, and nothing else. */
  createUser(statements: readonly object[]): Promise<S3Login>;
  /** Credentials with a session token, for an hour, that may do what a policy document allows. */
  assumeRole(statements: readonly object[]): Promise<S3Login & { readonly sessionToken: string }>;
}

const built = join(homedir(), ".cache/hawser-tools/bin/minio");
const startLimitMs = 30_000;

const end = async (server: ChildProcess): Promise<void> => {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  const late = setTimeout(() => server.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
};

/** The health check says yes a moment before the first bucket can be made. */
const isReady = async (place: S3Place): Promise<boolean> => {
  const calls: readonly S3Call[] = [
    { method: "GET", bucket: "minio", key: "health/ready" },
    { method: "GET", bucket: "" },
  ];
  for (const call of calls) {
    const answer = await sendS3(place, call).catch(() => undefined);
    if (answer?.status !== 200) return false;
  }
  return true;
};

/** Starts it once; what it said when it did not come up. */
const launch = async (
  place: S3Place,
  directory: string,
  { encryption = false }: MinioServerOptions,
): Promise<ChildProcess | string> => {
  const file = existsSync(built) ? built : "minio";
  const flags = [
    "--quiet",
    "--address",
    `${place.host ?? "127.0.0.1"}:${place.port}`,
    "--certs-dir",
    join(directory, "certs"),
  ];
  const server = spawn(file, ["server", ...flags, join(directory, "data")], {
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      MINIO_ROOT_USER: place.login.accessKeyId,
      MINIO_ROOT_PASSWORD: place.login.secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      ...(encryption && { MINIO_KMS_SECRET_KEY: `key-1:${randomBytes(32).toString("base64")}` }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (text: unknown): void => {
    said = (said + String(text)).slice(-4_000);
  };
  server.once("error", hear);
  server.stdout.on("data", hear);
  server.stderr.on("data", hear);
  const limit = performance.now() + startLimitMs;
  while (performance.now() < limit && server.exitCode === null && server.pid !== undefined) {
    if ((await isReady(place)) && server.exitCode === null) return server;
    await sleep(50);
  }
  await end(server);
  return said || "it did not become ready";
};

const enableVersions = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

const serverAt = (place: S3Place, server: ChildProcess, directory: string): MinioServer => ({
  ...place,
  endpoint: `${place.authority === undefined ? "http" : "https"}://${place.host ?? "127.0.0.1"}:${place.port}`,
  call: (call) => mustSendS3(place, call),
  createBucket: async ({ versioned = false } = {}) => {
    const bucket = `test-${randomBytes(6).toString("hex")}`;
    await mustSendS3(place, { method: "PUT", bucket });
    if (versioned) {
      await mustSendS3(place, { method: "PUT", bucket, query: { versioning: "" }, body: enableVersions });
    }
    return bucket;
  },
  put: async (bucket, key, body) => void (await mustSendS3(place, { method: "PUT", bucket, key, body })),
  remove: async (bucket, key) => void (await mustSendS3(place, { method: "DELETE", bucket, key })),
  createUser: async (statements) => {
    const user = {
      accessKeyId: randomBytes(8).toString("hex"),
      secretAccessKey: randomBytes(16).toString("hex"),
    };
    const policy = { Version: "2012-10-17", Statement: statements };
    const request = { policy, accessKey: user.accessKeyId, secretKey: user.secretAccessKey };
    const body = sealForMinio(place.login.secretAccessKey, JSON.stringify(request));
    await mustSendS3(place, { method: "PUT", bucket: "minio", key: "admin/v3/add-service-account", body });
    return user;
  },
  assumeRole: async (statements) => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const body = new URLSearchParams({
      Action: "AssumeRole",
      Version: "2011-06-15",
      DurationSeconds: "3600",
      Policy: policy,
    }).toString();
    const answer = (await mustSendS3(place, { method: "POST", service: "sts", body })).body.toString();
    const value = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1] ?? "";
    return {
      accessKeyId: value("AccessKeyId"),
      secretAccessKey: value("SecretAccessKey"),
      sessionToken: value("SessionToken"),
    };
  },
  [Symbol.asyncDispose]: async () => {
    await end(server);
    await rm(directory, { recursive: true, force: true });
  },
});

/** Starts MinIO on a random port; ready when it answers. */
export const startMinio = async (options: MinioServerOptions = {}): Promise<MinioServer> => {
  const directory = await mkdtemp(join(tmpdir(), "minio-"));
  await mkdir(join(directory, "certs"));
  const login = { accessKeyId: "hawser", secretAccessKey: randomBytes(16).toString("hex") };
  const { host = "127.0.0.1" } = options;
  let authority: { readonly authority?: string } = {};
  if (options.tls === true) {
    const made = await makeServerCertificate(directory, host);
    await copyFile(join(directory, "server.pem"), join(directory, "certs/public.crt"));
    await copyFile(join(directory, "server.key"), join(directory, "certs/private.key"));
    authority = { authority: made.authority };
  }
  let failure = "";
  // A port found free may be taken before MinIO binds it.
  for (let attempt = 0; attempt < 3; attempt++) {
    const place: S3Place = { host, port: await freePort(host), login, ...authority };
    const started = await launch(place, directory, options);
    if (typeof started !== "string") return serverAt(place, started, directory);
    failure = started;
  }
  await rm(directory, { recursive: true, force: true });
  throw new Error(`minio did not start: ${failure}`);
};
