import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { built } from "./built.ts";
import { ending, type HawserEnd, startHawser } from "./hawser-process.ts";
import { repository } from "./place.ts";
import { writeApplication } from "./sources/application-tree.ts";
import type { PageSetting } from "./sources/served.ts";
import { packSite, type Site, serveBy } from "./sources/servers.ts";

const pages = join(repository, "docs/guide/sources");

/** The one complete config of a page. */
const exampleOf = (name: string): string => {
  const blocks = [...readFileSync(join(pages, `${name}.md`), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms)];
  expect(blocks.length, `complete examples of ${name}.md`).toBe(1);
  return blocks[0]?.[1] ?? "";
};

const folder = mkdtempSync(join(tmpdir(), "hawser-pages-"));
const site: Site = { tree: join(folder, "tree"), archive: join(folder, "shop.tar.gz") };

beforeAll(async () => {
  writeApplication(site.tree, { files: 20, bigFileBytes: 1_000 });
  await Promise.all([packSite(site.tree, site.archive), built()]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

interface Project {
  /** What the instance serves. */
  readonly current: string;
  hawser(...argv: readonly string[]): Promise<HawserEnd>;
}

/** A folder as a reader of the page has it: the config as it stands there, and the files that it names. */
const projectOf = (name: string, { env, files }: PageSetting): Project => {
  const directory = mkdtempSync(join(folder, `${name}-`));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "hawser.yaml"), exampleOf(name));
  for (const [file, from] of Object.entries(files)) copyFileSync(from, join(directory, file));
  const root = join(directory, "web");
  mkdirSync(root);
  const home = join(directory, "home");
  const all = { PATH: process.env.PATH ?? "", HOME: home, XDG_CACHE_HOME: home, WEB_ROOT: root, ...env };
  return {
    current: join(root, "current"),
    hawser: (...argv) => startHawser({ cwd: directory, env: all, argv: [...argv, "--json"] }).ended,
  };
};

describe("the page of every source", () => {
  it("is there, and there is no other", () => {
    const sources = readdirSync(join(repository, "packages")).filter((name) => name.startsWith("source-"));
    const expected = sources.map((name) => `${name.slice("source-".length)}.md`).sort();
    // The site makes a list of them, where it was built.
    const written = readdirSync(pages).filter((name) => name !== "index.md");
    expect(written.sort()).toEqual(expected);
    expect(
      Object.keys(serveBy)
        .map((name) => `${name}.md`)
        .sort(),
    ).toEqual(expected);
  });

  it.each(Object.keys(serveBy) as (keyof typeof serveBy)[])(
    "has a complete example that is valid, can be planned and deploys: %s",
    async (name) => {
      await using served = await serveBy[name](site);
      const { current, hawser } = projectOf(name, served.page);
      const valid = await hawser("validate");
      expect(valid.exitCode, valid.stdout + valid.stderr).toBe(0);
      const planned = await hawser("plan", "--build");
      expect(planned.exitCode, ending(planned)).toBe(0);
      const deployed = await hawser("deploy");
      expect(deployed.result, ending(deployed)).toMatchObject({
        outcome: "done",
        artifact: planned.result?.artifact,
      });
      const file = "docs/\u65e5\u672c\u8a9e/\u30d5\u30a1\u30a4\u30eb.txt";
      expect(readFileSync(join(current, file), "utf8")).toBe(`${file}\n`);
    },
  );
});
