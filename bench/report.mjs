// `npm run bench:report`: what the picture of a run costs by the number of instances: its bytes, its making, its first
// paint in a headless Chromium. See docs/guide/report.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gatherFacts, reportPage } from "../packages/report/dist/index.js";
import { engineAfterRuns, firstPaint, median, openBrowser } from "./pages.mjs";

const { values } = parseArgs({
  options: {
    counts: { type: "string", default: "10,200,1000" },
    rounds: { type: "string", default: "5" },
  },
});
/** What is known of the newest run of so many simulated instances, and how long it took to look it up. */
const factsOf = async (count, folder) => {
  const engine = await engineAfterRuns(count, folder);
  const began = performance.now();
  const facts = await gatherFacts(engine);
  const gatherMs = performance.now() - began;
  await engine[Symbol.asyncDispose]();
  return { facts, gatherMs };
};

const folder = mkdtempSync(join(tmpdir(), "hawser-bench-report-"));
const browser = await openBrowser();
try {
  console.log(`${availableParallelism()} cores, Node ${process.version}, Chromium ${browser.version()}`);
  console.log("| instances | page | made in | first paint |\n| --- | --- | --- | --- |");
  for (const count of values.counts.split(",").map(Number)) {
    const { facts, gatherMs } = await factsOf(count, folder);
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
