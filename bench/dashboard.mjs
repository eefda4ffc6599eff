// `npm run bench:dashboard`: how soon a browser paints the pages of the dashboard, by the number of instances. See
// docs/guide/dashboard.md.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDashboard } from "../packages/dashboard/dist/index.js";
import { engineAfterRuns, firstPaint, median, openBrowser } from "./pages.mjs";

const { values } = parseArgs({
  options: {
    counts: { type: "string", default: "10,200,1000" },
    rounds: { type: "string", default: "5" },
  },
});

const pages = { "every environment": "/", "one environment": "/top", "a run": "/top/runs/000002" };

/** The figures of one page, after somebody has looked at it once: storage is not asked again for who comes next. */
const measured = async (browser, url) => {
  const page = await (await fetch(url)).arrayBuffer();
  const paints = [];
  for (let round = 0; round < Number(values.rounds); round++) paints.push(await firstPaint(browser, url));
  return `${Math.round(page.byteLength / 1000)} kB, ${Math.round(median(paints))} ms`;
};

const folder = mkdtempSync(join(tmpdir(), "hawser-bench-dashboard-"));
const browser = await openBrowser();
try {
  console.log(`${availableParallelism()} cores, Node ${process.version}, Chromium ${browser.version()}`);
  console.log(`| instances | ${Object.keys(pages).join(" | ")} |\n| --- | --- | --- | --- |`);
  for (const count of values.counts.split(",").map(Number)) {
    const engine = await engineAfterRuns(count, folder);
    const dashboard = await openDashboard({ engine, listen: 0 });
    const cells = [];
    for (const path of Object.values(pages)) cells.push(await measured(browser, `${dashboard.url}${path}`));
    await dashboard[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    console.log(`| ${count} | ${cells.join(" | ")} |`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
