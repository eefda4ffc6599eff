import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { findProgram, originOf, run } from "./programs.mjs";

/**
 * Clients that others use, by name: `upload(key)` and `download(key)`, what each checks, and its program. Each runs as its
 * manual has it, with nothing tuned. What is not installed is left out, with a word on where it is to be had.
 */
export const peerClients = (setting) => {
  const wanted = { mc: [], aws: [], rclone: [], curl: [], "curl, sha256sum": ["sha256sum"] };
  const makers = { mc, aws, rclone, curl, "curl, sha256sum": curlProved };
  const found = {};
  for (const [name, others] of Object.entries(wanted)) {
    const programs = [name.split(",")[0], ...others].map((program) => [program, findProgram(program)]);
    const missing = programs.filter(([, program]) => program === undefined).map(([program]) => program);
    for (const program of missing)
      console.error(`without ${name}: ${program} is had by ${originOf(program)}`);
    if (missing.length > 0) continue;
    const [first, second] = programs.map(([, program]) => program);
    const startMs = first.startMs + (second?.startMs ?? 0);
    found[name] = { ...makers[name](setting, first.path, second?.path), version: first.version, startMs };
  }
  return found;
};

/** MinIO's own client. It has its servers in its environment, and trusts authorities by a folder of its settings. */
const mc = ({ folder, file, copy, server, bucket }, program) => {
  const settings = join(folder, "mc");
  mkdirSync(join(settings, "certs/CAs"), { recursive: true });
  if (server.authority !== undefined)
    copyFileSync(server.authority, join(settings, "certs/CAs/authority.crt"));
  const { accessKeyId, secretAccessKey } = server.login;
  const host = new URL(server.endpoint);
  host.username = accessKeyId;
  host.password = secretAccessKey;
  const env = { HOME: folder, MC_CONFIG_DIR: settings, MC_HOST_bench: host.href.replace(/\/$/, "") };
  const cp = (from, to) => run(program, ["--quiet", "--disable-pager", "cp", from, to], env);
  return {
    checks: "nothing beyond TLS: no digest without `--checksum`",
    upload: (key) => cp(file, `bench/${bucket}/${key}`),
    download: (key) => cp(`bench/${bucket}/${key}`, copy),
  };
};

const aws = ({ folder, file, copy, server, bucket }, program) => {
  const { accessKeyId, secretAccessKey } = server.login;
  const env = {
    HOME: folder,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    ...(server.authority !== undefined && { AWS_CA_BUNDLE: server.authority }),
  };
  const argv = ["--endpoint-url", server.endpoint, "s3", "cp", "--only-show-errors"];
  const cp = (from, to) => run(program, [...argv, from, to], env);
  return {
    checks: "up, a CRC32 of each part; down, by ranges, nothing beyond TLS",
    upload: (key) => cp(file, `s3://${bucket}/${key}`),
    download: (key) => cp(`s3://${bucket}/${key}`, copy),
  };
};

const rclone = ({ folder, file, copy, server, bucket }, program) => {
  const { accessKeyId, secretAccessKey } = server.login;
  const env = {
    HOME: folder,
    ...(server.authority !== undefined && { RCLONE_CA_CERT: server.authority }),
    RCLONE_CONFIG: join(folder, "none"),
    RCLONE_CONFIG_M_TYPE: "s3",
    RCLONE_CONFIG_M_PROVIDER: "Minio",
    RCLONE_CONFIG_M_ENDPOINT: server.endpoint,
    RCLONE_CONFIG_M_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_M_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const cp = (from, to) => run(program, ["copyto", "--quiet", "--s3-no-check-bucket", from, to], env);
  return {
    checks: "an MD5 of the file both ways, and of each part up",
    upload: (key) => cp(file, `m:${bucket}/${key}`),
    download: (key) => cp(`m:${bucket}/${key}`, copy),
  };
};

/** The barest client there is: one request by a presigned URL. */
const curl = ({ folder, file, copy, server, bucket }, program) => {
  const { accessKeyId, secretAccessKey } = server.login;
  const client = new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const signed = (Command, Key) =>
    getSignedUrl(client, new Command({ Bucket: bucket, Key }), { expiresIn: 3600 });
  const trust = server.authority === undefined ? [] : ["--cacert", server.authority];
  const send = async (argv, url) =>
    await run(program, [...trust, "-sSf", ...argv, await url], { HOME: folder });
  return {
    checks: "nothing beyond TLS",
    upload: (key) => send(["-T", file], signed(PutObjectCommand, key)),
    download: (key) => send(["-o", copy], signed(GetObjectCommand, key)),
  };
};

/** The same, and another program reads the file again. */
const curlProved = (setting, program, sha256sum) => {
  const { upload, download } = curl(setting, program);
  const prove = (path) => run(sha256sum, [path], {});
  return {
    checks: "a sha256 of the file both ways",
    upload: async (key) => {
      await prove(setting.file);
      await upload(key);
    },
    download: async (key) => {
      await download(key);
      await prove(setting.copy);
    },
  };
};
