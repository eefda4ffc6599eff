// What the measurements of pages share: a simulated fleet with a run to show, and a browser that says when it painted.
import { join } from "node:path";
import { chromium } from "playwright-core";
import { createEngine, definePlugin } from "../packages/core/dist/index.js";
import * as testkit from "../packages/testkit/dist/index.js";

const noOptions = { type: "object", properties: {}, additionalProperties: false };
const given = (seam, provider) => ({
  use: definePlugin({ kind: seam, name: `bench-${seam}`, schema: noOptions, create: () => provider }),
});

export const median = (figures) => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];

/** An engine after its second deploy to so many simulated instances, in four waves. */
export const engineAfterRuns = async (count, folder) => {
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
  return engine;
};

export const openBrowser = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });

/** Milliseconds from the opening of the page to its first paint, by the browser's own clock. */
export const firstPaint = async (browser, url) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url, { waitUntil: "load" });
  const paint = () =>
    page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const ms = await paint();
  await page.close();
  return ms;
};
