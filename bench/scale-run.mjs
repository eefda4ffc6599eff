// One size of bench/scale.mjs in a process of its own: reads what to do from its argument, prints its figures as one line.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createEngine, definePlugin } from "../packages/core/dist/index.js";
import storageFs from "../packages/storage-fs/dist/index.js";
import * as testkit from "../packages/testkit/dist/index.js";
import transportSsh from "../packages/transport-ssh/dist/index.js";

const { kind, count, concurrency } = JSON.parse(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "hawser-scale-"));
const noOptions = { type: "object", properties: {}, additionalProperties: false };
const given = (seam, provider) => ({
  use: definePlugin({ kind: seam, name: `scale-${seam}`, schema: noOptions, create: () => provider }),
});

/** Every instance in this process. */
const simulated = async () => ({
  transport: given("transport", new testkit.SimulatedTransport()),
  instance: (id) => ({ id, address: `${id}.test` }),
  end: async () => {},
});

/** Every instance is a folder behind the same real sshd, with a session of its own. */
const overSsh = async () => {
  const each = () => ({ sshd: ["MaxStartups 1000", "MaxSessions 1000", "UsePAM no"] });
  const fleet = await testkit.startFleet({ count: 1, isolation: "namespaces", root: "/srv/app", each });
  const [{ address, port, root, folder: disk }] = fleet.instances;
  mkdirSync(disk, { recursive: true });
  const { user, privateKey, knownHosts } = fleet;
  return {
    transport: { use: transportSsh, with: { user, privateKey, knownHosts } },
    instance: (id) => ({ id, address, port, root: `${root}/${id}` }),
    end: () => fleet[Symbol.asyncDispose](),
  };
};

const files = (version) =>
  Object.fromEntries(
    Array.from({ length: 500 }, (_, file) => [
      `src/${file % 20}/file-${file}.txt`,
      `${file < 5 ? version : "same"} ${"x".repeat(1000 + file)}`,
    ]),
  );

const measure = async (work) => {
  globalThis.gc?.();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const wallMs = performance.now() - began;
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  // The histogram holds the interval itself beside the delay.
  const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - 5);
  globalThis.gc?.();
  return {
    outcome: result.outcome,
    ...(result.ok ? {} : { error: result.error }),
    wallMs: Math.round(wallMs),
    cpuMs: Math.round((user + system) / 1000),
    loopP99Ms: Number(late(delay.percentile(99)).toFixed(1)),
    loopMaxMs: Number(late(delay.max).toFixed(1)),
    heapAfterMb: Number((process.memoryUsage().heapUsed / 2 ** 20).toFixed(1)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
};

const ids = Array.from({ length: count }, (_, index) => `web${index + 1}`);
const world = await (kind === "sshd" ? overSsh() : simulated());
try {
  const source = new testkit.MemorySource();
  source.add(files("one"), { label: "v1" });
  const inventory = new testkit.MemoryInventory(
    ids.map((id) => ({ roles: ["web"], lifecycle: "inService", ...world.instance(id) })),
  );
  const config = {
    app: "scale",
    root: "/srv/scale",
    ...(concurrency === undefined ? {} : { concurrency }),
    source: given("source", source),
    storage: { use: storageFs, with: { directory: join(folder, "storage") } },
    transport: world.transport,
    inventory: given("inventory", inventory),
    loadBalancer: given("loadBalancer", new testkit.MemoryLoadBalancer(ids)),
    installer: given("installer", new testkit.MemoryInstaller()),
  };
  const engine = await createEngine(config, { baseDirectory: folder, cacheDirectory: join(folder, "cache") });
  const deploy = () => engine.deploy({}).result;
  const first = await measure(deploy);
  source.add(files("two"), { label: "v2" });
  const patch = await measure(deploy);
  const same = await measure(deploy);
  await engine[Symbol.asyncDispose]();
  console.log(JSON.stringify({ kind, count, first, patch, same }));
} finally {
  await world.end();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
