// `npm run bench:delivery`: deploys whose bytes instances pull from storage beside the same with bytes streamed by the
// deployer, on the same instances in the same run. See bench/README.md.
import { randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "./command.mjs";
import { checkDeployed, startServers } from "./fleet.mjs";
import { median } from "./table.mjs";
import { makeApplication } from "./tree.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    files: { type: "string", default: "10000" },
    instances: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
    changes: { type: "string", default: "65536,262144,1048576,8388608" },
    results: { type: "string", default: join(repository, "bench/results") },
  },
});
const files = Number(values.files);
const instances = Number(values.instances);
const rounds = Number(values.rounds);
const changes = values.changes.split(",").map(Number);
const began = Date.now();
const say = (text) => console.log(`${Math.round((Date.now() - began) / 1000)} s  ${text}`);

const startMinio = async (host) => {
  const url = new URL("../packages/testkit/dist/servers/minio-server.js", import.meta.url);
  return await (await import(url)).startMinio({ host });
};

/** One way of delivery: a deployer of its own with its own bucket, and its own root on the instances. */
const openWay = async ({ base, fleet, gitServer, minio }, delivery, round) => {
  const name = `${delivery}-${round}`;
  const folder = join(base, name);
  mkdirSync(join(folder, "home"), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const block = (use, options) => ({ use: `@hawser/${use}`, with: options });
  const { privateKey, knownHosts } = gitServer;
  const { accessKeyId, secretAccessKey } = minio.login;
  const config = {
    app: "bench",
    root: join(fleet.instances[0].root, name),
    keep: 2,
    delivery: delivery === "pull" ? "auto" : "stream",
    source: block("source-git", { url: gitServer.url("served.git"), privateKey, knownHosts, ref: "main" }),
    storage: block("storage-s3", {
      bucket: await minio.createBucket(),
      endpoint: minio.endpoint,
      accessKeyId,
      secretAccessKey,
    }),
    transport: block("transport-ssh", {
      user: fleet.user,
      privateKey: fleet.privateKey,
      knownHosts: fleet.knownHosts,
    }),
    inventory: block("inventory-static", {
      instances: fleet.instances.map(({ id, address, port }) => ({ id, address, port })),
    }),
    installer: block("installer-script", {}),
  };
  writeFileSync(join(folder, "hawser.json"), JSON.stringify(config));
  return { delivery, name, folder };
};

/** The deployer's own processor time, as its shell counts it. */
const cpuOf = (output) => {
  const minutes = [...output.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2);
  return minutes.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
};

const deploy = async ({ delivery, name, folder }, { fleet, work }, changed) => {
  await run("sync", []);
  const env = { PATH: process.env.PATH, HOME: join(folder, "home"), LANG: "C.UTF-8" };
  const program = join(repository, "packages/cli/bin/hawser.js");
  const argv = ["-c", '"$@" && times', "sh", process.execPath, program, "deploy", "--json"];
  const start = performance.now();
  const output = await run("sh", [...argv, "-c", join(folder, "hawser.json")], { env, cwd: folder });
  const seconds = (performance.now() - start) / 1000;
  checkDeployed(fleet, name, work, changed);
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  const result = JSON.parse(lines.at(-1));
  const stage = lines.map((line) => JSON.parse(line)).find((e) => e.step === "stage" && e.phase === "done");
  const via = [...new Set(result.instances.map((instance) => instance.via))].join(" and ");
  const bytes = result.instances.reduce((sum, instance) => sum + (instance.bytes ?? 0), 0);
  const stageSeconds = (stage?.durationMs ?? Number.NaN) / 1000;
  const taken = { delivery, via, bytes, seconds, stageSeconds, deployerCpuSeconds: cpuOf(output) };
  say(
    `${delivery} (${via}): ${seconds.toFixed(2)} s, stage ${stageSeconds.toFixed(2)} s, deployer's CPU ${taken.deployerCpuSeconds.toFixed(2)} s, ${(bytes / 1e6).toFixed(2)} MB`,
  );
  return taken;
};

const turned = (ways, round) => (round % 2 === 0 ? ways : [...ways].reverse());

const middle = (measured, kind, delivery) => {
  const these = measured.filter((one) => one.kind === kind && one.delivery === delivery);
  const of = (field) => median(these.map((one) => one[field]));
  return {
    via: these[0].via,
    bytes: of("bytes"),
    seconds: of("seconds"),
    stageSeconds: of("stageSeconds"),
    deployerCpuSeconds: of("deployerCpuSeconds"),
  };
};

const load = loadavg()[0];

/** Medians for people, and every figure for the file. */
const report = (measured) => {
  const kinds = [...new Set(measured.map(({ kind }) => kind))];
  const medians = kinds.flatMap((kind) =>
    ["pull", "stream"].map((delivery) => ({ kind, delivery, ...middle(measured, kind, delivery) })),
  );
  const facts = {
    date: new Date().toISOString(),
    machine: { cpus: availableParallelism(), node: process.version, loadBefore: load },
    settings: { files, instances, rounds, changes },
    medians,
    measured,
  };
  mkdirSync(values.results, { recursive: true });
  writeFileSync(join(values.results, "delivery.json"), `${JSON.stringify(facts, null, 2)}\n`);
  console.table(medians);
};

const base = mkdtempSync(join(tmpdir(), "hawser-bench-"));
try {
  say(`making ${files} files, and ${instances} instances with an sshd each`);
  const application = await makeApplication(base, { files, bytes: files * 8_400 });
  const servers = await startServers(instances, base);
  const minio = await startMinio(servers.fleet.gateway);
  const all = { base, ...servers, minio, work: application.work };
  const measured = [];
  try {
    await application.first();
    let ways = [];
    for (let round = 1; round <= rounds; round++) {
      ways = await Promise.all(["pull", "stream"].map((delivery) => openWay(all, delivery, round)));
      for (const way of turned(ways, round))
        measured.push({ kind: "first", ...(await deploy(way, all, ["VERSION"])) });
    }
    // Until there is a release to recycle.
    for (let times = 0; times < 2; times++) {
      await application.patch();
      for (const way of ways) await deploy(way, all, ["VERSION"]);
    }
    for (const size of changes) {
      for (let round = 1; round <= rounds; round++) {
        writeFileSync(join(application.work, "noise.bin"), randomFillSync(Buffer.alloc(size)));
        await application.patch();
        for (const way of turned(ways, round))
          measured.push({ kind: `change of ${size}`, ...(await deploy(way, all, ["VERSION", "noise.bin"])) });
      }
    }
    // Clearing up so many files takes its time.
    report(measured);
  } finally {
    await minio[Symbol.asyncDispose]();
    await servers.end();
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
