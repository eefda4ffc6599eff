// `node bench/salt-scale.mjs`: what the deployer needs to hear of 10, 100 and 1,000 minions. The minions are simulated (a
// stand-in of salt-api in a process of its own); the deployer, its HTTP and what it reads are real. See bench/README.md.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const plugin = async (name) => (await import(`@hawser/${name}`)).default;

/** A folder as storage, which no instance asks here. */
const presigning = async () => {
  const folder = await plugin("storage-fs");
  const create = async (options, context) =>
    Object.assign(await folder.create(options, context), {
      presignGet: async () => ({ url: "https://storage.example/" }),
    });
  const { signsUrls: _, ...said } = folder;
  return { ...said, create };
};

/** In a process of its own, so that memory and event loop are those of one deployer. */
const measure = async (minions) => {
  const { createEngine, use } = await import("@hawser/core");
  const master = fork(here("salt-master.mjs"), [String(minions)]);
  const [{ url }] = await once(master, "message");
  const folder = mkdtempSync(join(tmpdir(), "salt-scale-"));
  for (const name of ["source", "storage"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "source/index.html"), "hello");
  const access = { url, username: "deploy", password: "x", eauth: "pam" };
  const engine = await createEngine(
    {
      app: "shop",
      root: "/srv/shop",
      source: use(await plugin("source-directory"), { path: join(folder, "source") }),
      storage: use(await presigning(), { directory: join(folder, "storage") }),
      transport: use(await plugin("transport-salt"), access),
      inventory: use(await plugin("inventory-salt"), access),
      installer: use(await plugin("installer-script"), {}),
    },
    { baseDirectory: folder, cacheDirectory: join(folder, "cache") },
  );
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  delay.enable();
  const began = performance.now();
  const status = await engine.status({}).result;
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  clearInterval(look);
  master.send("published");
  const [{ published }] = await once(master, "message");
  await engine[Symbol.asyncDispose]();
  master.disconnect();
  rmSync(folder, { recursive: true });
  const answered = status.instances.filter(({ release }) => release === "000012").length;
  return {
    minions,
    answered,
    jobs: published.length,
    seconds: seconds.toFixed(2),
    "peak MB": Math.round(peak / 2 ** 20),
    "event loop p99 ms": (delay.percentile(99) / 1e6).toFixed(0),
    "event loop max ms": (delay.max / 1e6).toFixed(0),
  };
};

if (process.argv[2] !== undefined) {
  process.send(await measure(Number(process.argv[2])));
  process.disconnect();
} else {
  const rows = [];
  for (const minions of [10, 100, 1000]) {
    const [row] = await once(fork(here("salt-scale.mjs"), [String(minions)]), "message");
    rows.push(row);
  }
  const columns = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  console.log(
    [columns, columns.map(() => "---:"), ...rows.map((row) => columns.map((name) => row[name]))]
      .map(line)
      .join("\n"),
  );
}
