// `npm run bench:report`: what the picture of a run costs by the number of instances: its bytes, its making, its first
// paint in a headless Chromium. See docs/guide/report.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { createEngine, definePlugin } from "../packages/core/dist/index.js";
import { gatherFacts, reportPage } from "../packages/report/dist/index.js";
import * as testkit from "../packages/testkit/dist/index.js";

const { values } = parseArgs({
  options: {
    counts: { type: "string", default: "10,200,1000" },
    rounds: { type: "string", default: "5" },
  },
});
const noOptions = { type: "object", properties: {}, additionalProperties: false };
const given = (seam, provider) => ({
  use: definePlugin({ kind: seam, name: `bench-${seam}`, schema: noOptions, create: () => provider }),
});
const median = (figures) => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];

/** The second deploy to so many simulated instances, in four waves. */
const runOf = async (count, folder) => {
  const ids = Array.from({ length: count }, (_, index) => `web${index + 1}.eu-central-1.shop.example`);
  const source = new testkit.MemorySource();
  const files = (version) =>
    Object.fromEntries(
      Array.from({ length: 500 }, (_, file) => [`src/file-${file}.txt`, `${version} ${file}`]),
    );
  source.add(files("one"), { label: "v1" });
  const inventory = ids.map((id) => ({ id, address: `${id}.test`, roles: ["web"], lifecycle: "inService" }));
  const config = {
    app: "shop",
    root: "/srv/shop",
    rollout: { waves: [1, "10%", "50%", "100%"] },
    source: given("source", source),
    storage: given("storage", new testkit.MemoryStorage()),
    transport: given("transport", new testkit.SimulatedTransport()),
    inventory: given("inventory", new testkit.MemoryInventory(inventory)),
    loadBalancer: given("loadBalancer", new testkit.MemoryLoadBalancer(ids)),
    installer: given("installer", new testkit.MemoryInstaller()),
  };
  const engine = await createEngine(config, {
    baseDirectory: folder,
    cacheDirectory: join(folder, "cache"),
  });
  await engine.deploy().result;
  source.add(files("two"), { label: "v2" });
  await engine.deploy().result;
  const began = performance.now();
  const facts = await gatherFacts(engine);
  const gatherMs = performance.now() - began;
  await engine[Symbol.asyncDispose]();
  return { facts, gatherMs };
};

/** Milliseconds from the opening of the page to its first paint, by the browser's own clock. */
const firstPaint = async (browser, url) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url, { waitUntil: "load" });
  const paint = () =>
    page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const ms = await paint();
  await page.close();
  return ms;
};

const folder = mkdtempSync(join(tmpdir(), "hawser-bench-report-"));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
try {
  console.log(`${availableParallelism()} cores, Node ${process.version}, Chromium ${browser.version()}`);
  console.log("| instances | page | made in | first paint |\n| --- | --- | --- | --- |");
  for (const count of values.counts.split(",").map(Number)) {
    const { facts, gatherMs } = await runOf(count, folder);
    const began = performance.now();
    const { html } = reportPage(facts);
    const madeMs = gatherMs + performance.now() - began;
    const file = join(folder, `${count}.html`);
    writeFileSync(file, html);
    const paints = [];
    for (let round = 0; round < Number(values.rounds); round++)
      paints.push(await firstPaint(browser, pathToFileURL(file).href));
    const kilobytes = Math.round(Buffer.byteLength(html) / 1000);
    console.log(
      `| ${count} | ${kilobytes} kB | ${Math.round(madeMs)} ms | ${Math.round(median(paints))} ms |`,
    );
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
