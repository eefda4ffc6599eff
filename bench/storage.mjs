// Uploads and downloads of one file by storage-s3 and storage-minio, beside the clients that others use, on one MinIO in
// one run. `npm run bench:storage [-- --megabytes 200 --rounds 5 --plain --clients storage-s3,mc --results FOLDER]`; the
// packages must be built.
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startMinio } from "../packages/testkit/dist/servers/minio-server.js";
import { cpuMs } from "./storage/cpu.mjs";
import { clientsOf, pageOf, ratiosOf } from "./storage/figures.mjs";
import { ownClients } from "./storage/hawser.mjs";
import { peerClients } from "./storage/peers.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    plain: { type: "boolean", default: false },
    clients: { type: "string" },
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

const setting = { folder, file, copy, sizeBytes, sha256, server, bucket: await server.createBucket() };
const wanted = values.clients?.split(",");
const chosen = (clients) =>
  Object.fromEntries(
    Object.entries(clients).filter(([name]) => wanted?.includes(name.replace(", ", "+")) ?? true),
  );
const own = chosen(await ownClients(setting));
const peers = chosen(peerClients(setting));
const all = { ...own, ...peers };
const names = Object.keys(all);
const taken = Object.fromEntries(names.map((name) => [name, { upload: [], download: [] }]));
const used = structuredClone(taken);
const loads = [loadavg()[0]];

// The first round warms everybody up, and is not counted.
for (let round = 0; round <= rounds; round++) {
  for (let at = 0; at < names.length; at++) {
    const name = names[(at + round) % names.length];
    const key = `bench/${names.indexOf(name)}-${round}`;
    for (const way of ["upload", "download"]) {
      rmSync(copy, { force: true });
      spawnSync("sync");
      const cpu = cpuMs();
      const began = performance.now();
      await all[name][way](key);
      const ms = performance.now() - began;
      if (round > 0) {
        taken[name][way].push(ms);
        used[name][way].push(cpuMs() - cpu);
      }
      if (way === "download" && statSync(copy).size !== sizeBytes) throw new Error(`${name} cut the file`);
    }
    await server.remove(setting.bucket, key);
  }
}
loads.push(loadavg()[0]);

const result = {
  when: new Date().toISOString(),
  megabytes: sizeBytes / 1e6,
  rounds,
  line: values.plain ? "plain" : "TLS",
  processors: availableParallelism(),
  load: loads.map((load) => Number(load.toFixed(1))),
  clients: clientsOf(all, taken, used, sizeBytes),
  ratios: ratiosOf(own, peers, taken),
  milliseconds: taken,
  cpuMilliseconds: used,
};
writeFileSync(join(values.results, "storage.json"), `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(join(values.results, "storage.md"), pageOf(result));
console.log(pageOf(result));
rmSync(folder, { recursive: true, force: true });
await server[Symbol.asyncDispose]();
