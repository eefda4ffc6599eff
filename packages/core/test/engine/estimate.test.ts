import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ending, openProject } from "./fixtures/project.ts";

/** Text that hardly compresses. */
const noise = (bytes: number): string => randomBytes(bytes).toString("base64");

it("a plan tells as many bytes as the deploy then sends, whatever base it chooses and whoever lends", async () => {
  const project = await openProject({ instances: 1, config: { keep: { instances: 2, storage: 5 } } });
  const files: Record<string, string> = { "index.html": "one", "lib/large": noise(60_000) };
  for (let release = 1; release <= 4; release++) {
    files["index.html"] = `release ${release}`;
    // What one release brought, the next but one needs no more: the release in service lends it to a recycled base.
    files[`lib/${release}`] = noise(20_000);
    project.source.add(files);
    const planned = await project.engine.plan({ build: true }).result;
    const sent = await project.engine.deploy().result;
    expect(ending(sent)).toBe("0 done");
    const [told = 0, bytes = 0] = [planned, sent].map(({ instances }) => instances[0]?.bytes);
    // The release's record, and another level of compression.
    expect(Math.abs(told - bytes), `release ${release}: ${told} told, ${bytes} sent`).toBeLessThan(2_000);
  }
});

it("archives that were made for a run or a plan do not stay behind, however large", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "hawser-estimate-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(temporary, { recursive: true, force: true });
  });
  const project = await openProject({ instances: 1 });
  const large = noise(18 << 20);
  project.source.add({ "index.html": "one", large });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two", large, more: noise(10 << 20) });
  const planned = await project.engine.plan({ build: true }).result;
  const sent = await project.engine.deploy().result;
  for (const { instances } of [planned, sent]) {
    expect(instances[0]?.bytes).toBeGreaterThan(8 << 20);
    expect(instances[0]?.bytes).toBeLessThan(12 << 20);
  }
  expect(readdirSync(temporary).filter((name) => name.startsWith("hawser-spool-"))).toEqual([]);
}, 120_000);
