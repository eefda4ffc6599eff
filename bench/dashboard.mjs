// `npm run bench:pages`: how soon a browser paints the dashboard and the picture of a run. See bench/README.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { createEngine, definePlugin } from "../packages/core/dist/index.js";
import { openDashboard } from "../packages/dashboard/dist/index.js";
import { gatherFacts, reportPage } from "../packages/report/dist/index.js";
import * as testkit from "../packages/testkit/dist/index.js";

const { values } = parseArgs({
  options: {
    instances: { type: "string", default: "200" },
    rounds: { type: "string", default: "9" },
  },
});
const count = Number(values.instances);
const rounds = Number(values.rounds);

const folder = mkdtempSync(join(tmpdir(), "hawser-pages-"));
const noOptions = { type: "object", properties: {}, additionalProperties: false };
const given = (seam, provider) => ({
  use: definePlugin({ kind: seam, name: `pages-${seam}`, schema: noOptions, create: () => provider }),
});

/** A fleet that is simulated in this process, after its second deploy. */
const deployed = async () => {
  const ids = Array.from({ length: count }, (_, index) => `web${index + 1}.shop.example`);
  const source = new testkit.MemorySource();
  source.add({ "index.html": "one" }, { label: "v1.4.0" });
  const engine = await createEngine(
    {
      app: "shop",
      source: given("source", source),
      storage: given("storage", new testkit.MemoryStorage()),
      transport: given("transport", new testkit.SimulatedTransport()),
      inventory: given(
        "inventory",
        new testkit.MemoryInventory(
          ids.map((id) => ({ id, address: id, roles: ["web"], lifecycle: "inService" })),
        ),
      ),
      loadBalancer: given("loadBalancer", new testkit.MemoryLoadBalancer(ids)),
      installer: given("installer", new testkit.MemoryInstaller()),
    },
    { baseDirectory: folder, cacheDirectory: join(folder, "cache") },
  );
  await engine.deploy().result;
  source.add({ "index.html": "two" }, { label: "v1.5.0" });
  const { outcome } = await engine.deploy().result;
  if (outcome !== "done") throw new Error(`the deploy ended ${outcome}`);
  return engine;
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** From the request to the first paint with something in it, by the browser's own clock: a new profile each time. */
const paintOf = async (browser, url) => {
  const paints = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "load" });
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    paints.push(
      await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime),
    );
    bytes = (await page.content()).length;
    await context.close();
  }
  return { paintMs: median(paints), slowestMs: Math.max(...paints), bytes };
};

const engine = await deployed();
const dashboard = await openDashboard({ engine, listen: 0 });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const file = join(folder, "report.html");
  writeFileSync(file, reportPage(await gatherFacts(engine)).html);
  const pages = {
    "dashboard: environments": `${dashboard.url}/`,
    "dashboard: one environment": `${dashboard.url}/top`,
    "dashboard: one run": `${dashboard.url}/top/runs/000002`,
    "hawser report": pathToFileURL(file).href,
  };
  process.stdout.write(`${count} instances, ${rounds} rounds, ${browser.version()}\n\n`);
  process.stdout.write("| page | first paint, median ms | slowest ms | kB |\n| --- | --- | --- | --- |\n");
  for (const [name, url] of Object.entries(pages)) {
    const { paintMs, slowestMs, bytes } = await paintOf(browser, url);
    const cells = [name, Math.round(paintMs), Math.round(slowestMs), Math.round(bytes / 1000)];
    process.stdout.write(`| ${cells.join(" | ")} |\n`);
  }
} finally {
  await browser.close();
  await dashboard[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}
