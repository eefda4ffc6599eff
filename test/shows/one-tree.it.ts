import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { use } from "@hawser/core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import sourceDirectory from "../../packages/source-directory/src/index.ts";
import { repository } from "./place.ts";
import { scale } from "./scale.ts";
import { writeApplication } from "./sources/application-tree.ts";
import { artifactFrom } from "./sources/artifact.ts";
import { applyLosses, type Loss, losses, type TreeProtocol } from "./sources/losses.ts";
import type { Served } from "./sources/served.ts";
import { packSite, type Site, serveBy } from "./sources/servers.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-one-tree-"));
const site: Site = { tree: join(folder, "tree"), archive: join(folder, "shop.tar.gz") };
/** Nobody has Jenkins archive an application file by file, each a request of its own: a few tell as much. */
const fewFiles: Site = { ...site, tree: join(folder, "few") };
const siteFor = (protocol: keyof typeof serveBy): Site => (protocol === "jenkins" ? fewFiles : site);

beforeAll(async () => {
  writeApplication(site.tree, { files: scale.sourceFiles, bigFileBytes: scale.bigFileBytes });
  writeApplication(fewFiles.tree, { files: 30, bigFileBytes: 1_000 });
  await packSite(site.tree, site.archive);
});
afterAll(async () => {
  for (const started of servers.values()) await (await started)[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const servers = new Map<string, Promise<Served>>();

/** The server of a source with the site in it, started when it is first asked for. */
const served = (protocol: keyof typeof serveBy): Promise<Served> => {
  const started = servers.get(protocol) ?? serveBy[protocol](siteFor(protocol));
  servers.set(protocol, started);
  return started;
};

const place = (): string => {
  const path = mkdtempSync(join(folder, "run-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
};

const known = new Map<string, Promise<string>>();

/** The artifact of what is left of the tree: read from a directory, and packed by core's own packer. */
const expected = (lost: readonly Loss[], { tree: whole } = site): Promise<string> => {
  const name = [whole, ...lost].join();
  const pack = async (): Promise<string> => {
    const at = mkdtempSync(join(folder, "left-"));
    const tree = join(at, "tree");
    cpSync(whole, tree, { recursive: true, verbatimSymlinks: true });
    applyLosses(tree, lost);
    const digest = await artifactFrom(join(at, "run"), use(sourceDirectory, { path: tree }));
    rmSync(at, { recursive: true });
    return digest;
  };
  const digest = known.get(name) ?? pack();
  known.set(name, digest);
  return digest;
};

describe("one application through every source", () => {
  it("is another artifact for every set of losses", async () => {
    const sets = [...new Map(Object.values(losses).map((lost) => [lost.join(), lost])).values()];
    const digests = await Promise.all(sets.map((lost) => expected(lost)));
    expect(new Set(digests).size).toBe(sets.length);
  });

  it.each(["http", "ftp", "sftp", "rsync", "s3", "jenkins"] as const)(
    "as an archive over %s is the artifact of the whole tree",
    async (protocol) => {
      const { archive } = await served(protocol);
      expect(await artifactFrom(place(), archive!)).toBe(await expected([]));
    },
  );

  it.each(Object.keys(losses) as TreeProtocol[])(
    "as a tree over %s is the artifact of the tree without what that protocol loses",
    async (protocol) => {
      const { tree } = await served(protocol);
      expect(await artifactFrom(place(), tree!)).toBe(await expected(losses[protocol], siteFor(protocol)));
    },
  );
});

it("loses what the page in the reference says", () => {
  const page = readFileSync(join(repository, "docs/reference/sources.md"), "utf8");
  const columns = ["links", "executable", "emptyDirectories"] as const;
  const rows = [...page.matchAll(/^\| (\w+) \| (kept|lost) \| (kept|lost) \| (kept|lost) \|$/gm)].map(
    ([, protocol, ...cells]) => [protocol, columns.filter((_, index) => cells[index] === "lost")],
  );
  expect(Object.fromEntries(rows)).toEqual(losses);
});
