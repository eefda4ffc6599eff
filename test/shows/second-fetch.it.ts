import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scale } from "./scale.ts";
import { writeApplication } from "./sources/application-tree.ts";
import { artifactFrom } from "./sources/artifact.ts";
import { counted } from "./sources/counted.ts";
import type { Served } from "./sources/served.ts";
import { packSite, type Site, serveBy } from "./sources/servers.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-second-fetch-"));
const site: Site = { tree: join(folder, "tree"), archive: join(folder, "shop.tar.gz") };
/** For servers that would be filled with the tree file by file, which nobody asks of them here. */
const archiveOnly: Site = { ...site, tree: join(folder, "empty") };

beforeAll(async () => {
  writeApplication(site.tree, { files: scale.sourceFiles, bigFileBytes: scale.bigFileBytes });
  await packSite(site.tree, site.archive);
  mkdirSync(archiveOnly.tree);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** What a fetch and the next one moved. `HAWSER_FIGURES` names a file that is told, for the table in the docs. */
const measured = async (
  protocol: string,
  { served, form, meanwhile }: { served: Served; form: "tree" | "archive"; meanwhile(): Promise<void> },
): Promise<{ first: number; second: number; same: boolean }> => {
  const place = mkdtempSync(join(folder, "run-"));
  await using source = await counted(served[form]!, place);
  const before = await artifactFrom(place, source.source);
  const first = source.bytes();
  await meanwhile();
  const after = await artifactFrom(place, source.source);
  const second = source.bytes() - first;
  if (process.env.HAWSER_FIGURES !== undefined)
    appendFileSync(process.env.HAWSER_FIGURES, `| ${protocol} | ${form} | ${first} | ${second} |\n`);
  return { first, second, same: before === after };
};

/**
 * What a changed file of 20 kB may cost beside its bytes: the protocol's own. SSH begins with some 6 kB; rsync names
 * every path once a fetch (some 35 bytes each), and SFTP lists twice more.
 */
const allowance = { git: 30_000, svn: 60_000, rsync: 400_000, sftp: 1_800_000 } as const;

it.each(Object.keys(allowance) as (keyof typeof allowance)[])(
  "a second fetch over %s after a small change moves about the change",
  async (protocol) => {
    await using served = await serveBy[protocol](site);
    const content = `#!/bin/sh\n${"# a change\n".repeat(2_000)}`;
    const { first, second, same } = await measured(protocol, {
      served,
      form: "tree",
      meanwhile: () => served.publish!("bin/console", content),
    });
    expect(same).toBe(false);
    expect(first).toBeGreaterThan(scale.bigFileBytes);
    expect(second).toBeLessThan(content.length + allowance[protocol]);
    expect(second).toBeLessThan(first / 5);
  },
);

it.each(["http", "s3", "jenkins", "sftp", "rsync"] as const)(
  "a second fetch over %s of an unchanged archive moves next to nothing",
  async (protocol) => {
    await using served = await serveBy[protocol](archiveOnly);
    const { first, second, same } = await measured(protocol, {
      served,
      form: "archive",
      meanwhile: async () => {},
    });
    expect(same).toBe(true);
    expect(first).toBeGreaterThan(statSync(site.archive).size);
    expect(second).toBeLessThan(20_000);
  },
);
