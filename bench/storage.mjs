// Uploads and downloads of one file by storage-s3 and storage-minio, beside curl and rclone, on one MinIO in one run.
// `npm run bench:storage [-- --megabytes 200 --rounds 5 --plain --results bench/results]`; the packages must be built.
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { FileBody, Secret } from "@hawser/core/plugin";
import storageMinio from "@hawser/storage-minio";
import storageS3 from "@hawser/storage-s3";
import { startMinio } from "../packages/testkit/dist/servers/minio-server.js";

const context = { signal: new AbortController().signal, progress: () => {} };

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    plain: { type: "boolean", default: false },
    results: { type: "string", default: join(import.meta.dirname, "results") },
  },
});
const sizeBytes = Number(values.megabytes) * 1_000_000;
const rounds = Number(values.rounds);

const folder = mkdtempSync(join(tmpdir(), "hawser-bench-storage-"));
const file = join(folder, "file");
const copy = join(folder, "copy");
const hash = createHash("sha256");
for (let left = sizeBytes; left > 0; left -= 1 << 20) {
  const piece = randomBytes(Math.min(left, 1 << 20));
  hash.update(piece);
  writeFileSync(file, piece, { flag: "a" });
}
const sha256 = hash.digest("hex");

const server = await startMinio({ tls: !values.plain });
// However this ends, the server ends with it.
const over = async (error) => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  console.error(error);
  process.exit(1);
};
process.once("uncaughtException", over);
process.once("SIGINT", () => over("interrupted"));
const bucket = await server.createBucket();
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

const run = (program, argv, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`)),
    );
  });

const curlTrust = server.authority === undefined ? [] : ["--cacert", server.authority];
const rcloneEnv = {
  ...(server.authority !== undefined && { RCLONE_CA_CERT: server.authority }),
  RCLONE_CONFIG: join(folder, "none"),
  RCLONE_CONFIG_M_TYPE: "s3",
  RCLONE_CONFIG_M_PROVIDER: "Minio",
  RCLONE_CONFIG_M_ENDPOINT: server.endpoint,
  RCLONE_CONFIG_M_ACCESS_KEY_ID: accessKeyId,
  RCLONE_CONFIG_M_SECRET_ACCESS_KEY: secretAccessKey,
};
const rclone = (from, to) =>
  run("rclone", ["copyto", "--quiet", "--s3-no-check-bucket", from, to], rcloneEnv);

/** Digests what passes, as a deployer does; without a digest the storages are beside a curl that makes none either. */
const digesting = () => {
  const digest = createHash("sha256");
  const end = () => {
    if (digest.digest("hex") !== sha256) throw new Error("these are other bytes");
  };
  return { take: (bytes) => digest.update(bytes), end };
};
const proved = (storage) => ({
  upload: async (key) => {
    const body = new FileBody(file).checkedBy(digesting());
    await storage.put({ key, body, sizeBytes, sha256, ifAbsent: true }, context);
  },
  download: async (key) => {
    const { stream } = await storage.get({ key }, context);
    const check = digesting();
    const through = new Transform({
      transform: (chunk, _, done) => {
        check.take(chunk);
        done(null, chunk);
      },
    });
    await pipeline(stream, through, createWriteStream(copy, { highWaterMark: 1 << 20 }));
    check.end();
  },
});
const hawser = (storage) => ({
  storage,
  upload: async (key) => {
    const body = new FileBody(file);
    await storage.put({ key, body, sizeBytes, sha256, ifAbsent: true }, context);
  },
  download: async (key) => {
    const { stream } = await storage.get({ key }, context);
    await pipeline(stream, createWriteStream(copy, { highWaterMark: 1 << 20 }));
  },
});
const ca = server.authority;
const place = { endpoint: server.endpoint, bucket, ...(ca !== undefined && { ca }) };
const own = {
  "storage-s3": hawser(
    await storageS3.create({ ...place, accessKeyId, secretAccessKey: new Secret(secretAccessKey) }, {}),
  ),
  "storage-minio": hawser(
    await storageMinio.create(
      { ...place, accessKey: accessKeyId, secretKey: new Secret(secretAccessKey) },
      {},
    ),
  ),
};
const peers = {
  curl: {
    upload: async (key) =>
      await run("curl", [...curlTrust, "-sSf", "-T", file, await signed(PutObjectCommand, key)]),
    download: async (key) =>
      await run("curl", [...curlTrust, "-sSf", "-o", copy, await signed(GetObjectCommand, key)]),
  },
  rclone: {
    upload: (key) => rclone(file, `m:${bucket}/${key}`),
    download: (key) => rclone(`m:${bucket}/${key}`, copy),
  },
};
own["storage-s3, proved"] = proved(own["storage-s3"].storage);
peers["curl, sha256sum"] = {
  upload: async (key) => {
    await run("sha256sum", [file]);
    await peers.curl.upload(key);
  },
  download: async (key) => {
    await peers.curl.download(key);
    await run("sha256sum", [copy]);
  },
};
const all = { ...own, ...peers };
const names = Object.keys(all);
const taken = Object.fromEntries(names.map((name) => [name, { upload: [], download: [] }]));
const loads = [loadavg()[0]];

// The first round warms everybody up, and is not counted.
for (let round = 0; round <= rounds; round++) {
  for (let at = 0; at < names.length; at++) {
    const name = names[(at + round) % names.length];
    const key = `bench/${names.indexOf(name)}-${round}`;
    for (const way of ["upload", "download"]) {
      rmSync(copy, { force: true });
      spawnSync("sync");
      const began = performance.now();
      await all[name][way](key);
      if (round > 0) taken[name][way].push(performance.now() - began);
      if (way === "download" && statSync(copy).size !== sizeBytes) throw new Error(`${name} cut the file`);
    }
    await server.remove(bucket, key);
  }
}
loads.push(loadavg()[0]);

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const speed = (ms) => sizeBytes / 1_000 / ms;
const rows = names.map((name) => ({
  name,
  ...Object.fromEntries(
    ["upload", "download"].map((way) => [way, Math.round(speed(median(taken[name][way])))]),
  ),
}));
const ratios = Object.keys(own).flatMap((name) =>
  Object.keys(peers).flatMap((peer) =>
    ["upload", "download"].map((way) => ({
      name,
      peer,
      way,
      ratio: Number((median(taken[peer][way]) / median(taken[name][way])).toFixed(2)),
    })),
  ),
);
const result = {
  when: new Date().toISOString(),
  megabytes: sizeBytes / 1e6,
  rounds,
  line: values.plain ? "plain" : "TLS",
  processors: availableParallelism(),
  load: loads.map((load) => Number(load.toFixed(1))),
  megabytesPerSecond: rows,
  ratios,
  milliseconds: taken,
};
writeFileSync(join(values.results, "storage.json"), `${JSON.stringify(result, null, 2)}\n`);
console.log("| client | upload MB/s | download MB/s |\n| --- | --- | --- |");
for (const { name, upload, download } of rows) console.log(`| ${name} | ${upload} | ${download} |`);
for (const { name, peer, way, ratio } of ratios) console.log(`${name} ${way}: ${ratio} of ${peer}`);
console.log(`load ${result.load.join(" to ")} on ${result.processors} processors`);
rmSync(folder, { recursive: true, force: true });
client.destroy();
await server[Symbol.asyncDispose]();
