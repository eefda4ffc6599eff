import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Source } from "@hawser/core/plugin";
import {
  type GitRepository,
  makeHistory,
  operationContext,
  pluginContext,
  readTree,
  type TestOperationContext,
  temporaryDirectory,
  testDirectory,
  treeDigest,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSource } from "./trial.ts";

let root: string;
let repository: GitRepository;

beforeAll(async () => {
  root = temporaryDirectory("hawser-git-history-");
  repository = await makeHistory(join(root, "shop"), {
    versions: 22,
    files: 1000,
    changed: 5,
    bytesPerFile: 3000,
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (cacheDirectory: string): Promise<Source> =>
  makeSource({ url: repository.directory }, pluginContext({ cacheDirectory }));

const fetchTag = async (source: Source, ref: string, context: TestOperationContext = operationContext()) => {
  const directory = testDirectory();
  await source.fetch?.({ revision: await source.resolve({ ref }, context), directory }, context);
  return directory;
};

/** What the tag's tree is by git's own account; of a clone, since two worktrees that are added at once disturb each other. */
const expected = async (tag: string): Promise<string> => {
  const tree = testDirectory();
  await repository.git("clone", "-q", "--branch", tag, "--", repository.directory, tree);
  await rm(join(tree, ".git"), { recursive: true });
  return await treeDigest(tree);
};

const packBytes = (cache: string): number => {
  const mirror = readdirSync(cache).find((name) => name.startsWith("git-trees-"));
  const packs = join(cache, mirror ?? "", "repository.git", "objects", "pack");
  return readdirSync(packs)
    .filter((name) => name.endsWith(".pack"))
    .reduce((sum, name) => sum + readFileSync(join(packs, name)).length, 0);
};

test("a second fetch of a near commit brings only what changed", async () => {
  const cache = testDirectory();
  const source = await open(cache);
  const context = operationContext();
  expect(await treeDigest(await fetchTag(source, "v1", context))).toBe(await expected("v1"));
  expect(context.reports.at(-1)?.bytes).toBeGreaterThan(100_000);
  const first = packBytes(cache);
  expect(await treeDigest(await fetchTag(source, "v2"))).toBe(await expected("v2"));
  expect(packBytes(cache) - first).toBeLessThan(first / 20);
});

test("every one of many tags is fetched exactly, forwards and back, and the cache does not grow without bound", async () => {
  const cache = testDirectory();
  const source = await open(cache);
  for (let version = 1; version <= 22; version++) {
    await source.resolve({ ref: `v${version}` }, operationContext());
  }
  await fetchTag(source, "v22");
  const mirror = readdirSync(cache).find((name) => name.startsWith("git-trees-")) ?? "";
  const packs = await readdir(join(cache, mirror, "repository.git", "objects", "pack"));
  expect(packs.filter((name) => name.endsWith(".pack")).length).toBeLessThanOrEqual(3);
  for (const tag of ["v22", "v3", "v1"]) {
    expect(await treeDigest(await fetchTag(source, tag))).toBe(await expected(tag));
  }
});

test("many fetches at once from one cache give whole trees", async () => {
  const cache = testDirectory();
  const tags = ["v1", "v5", "v9", "v5", "v13"];
  const trees = await Promise.all(
    tags.map(async (tag) => treeDigest(await fetchTag(await open(cache), tag))),
  );
  expect(trees).toEqual(await Promise.all(tags.map(expected)));
});

test.each([
  ["the packs are cut", (mirror: string) => cutPacks(mirror)],
  ["the objects are gone", (mirror: string) => rm(join(mirror, "objects"), { recursive: true })],
  ["the HEAD is nonsense", (mirror: string) => writeFile(join(mirror, "HEAD"), "nonsense")],
  ["the configuration is nonsense", (mirror: string) => writeFile(join(mirror, "config"), "[nonsense")],
])("the right tree comes from a cache of which %s", async (_, damage) => {
  const cache = testDirectory();
  await fetchTag(await open(cache), "v1");
  const mirror = readdirSync(cache).find((name) => name.startsWith("git-trees-")) ?? "";
  await damage(join(cache, mirror, "repository.git"));
  expect(await treeDigest(await fetchTag(await open(cache), "v2"))).toBe(await expected("v2"));
});

const cutPacks = async (mirror: string): Promise<void> => {
  const packs = join(mirror, "objects", "pack");
  for (const name of await readdir(packs)) {
    await rm(join(packs, name), { force: true });
    await writeFile(join(packs, name), "cut");
  }
};

test("a cache whose content was changed in place is made anew, and says so", async () => {
  const cache = testDirectory();
  await fetchTag(await open(cache), "v1");
  const mirror = readdirSync(cache).find((name) => name.startsWith("git-trees-")) ?? "";
  const packs = join(cache, mirror, "repository.git", "objects", "pack");
  const name = (await readdir(packs)).find((file) => file.endsWith(".pack")) ?? "";
  const bytes = readFileSync(join(packs, name));
  bytes.fill(0x55, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64);
  await rm(join(packs, name));
  await writeFile(join(packs, name), bytes);
  const context = operationContext();
  expect(await treeDigest(await fetchTag(await open(cache), "v1", context))).toBe(await expected("v1"));
  expect(context.lines).toMatchObject([{ level: "warn", message: expect.stringContaining("made anew") }]);
});

/** A deployer in a process of its own, fetching one tag after the other until it is killed. */
const startDeployer = async (cache: string): Promise<ChildProcess> => {
  const jiti = createRequire(import.meta.url).resolve("jiti/package.json");
  const fixture = join(import.meta.dirname, "fixtures", "fetch-all.ts");
  const packages = join(import.meta.dirname, "..", "..");
  const alias = {
    "@hawser/core/plugin": join(packages, "core/src/plugin.ts"),
    "@hawser/core": join(packages, "core/src/process/spawn.ts"),
  };
  const child = spawn(process.execPath, [join(jiti, "..", "lib", "jiti-cli.mjs"), fixture], {
    env: {
      ...process.env,
      JITI_ALIAS: JSON.stringify(alias),
      TMPDIR: testDirectory(),
      CACHE: cache,
      REPOSITORY: repository.directory,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => {
    child.stdout?.once("data", resolve);
    child.once("close", () => reject(new Error("the deployer ended before it began")));
  });
  return child;
};

test("a fetch whose process was killed at any moment is taken up by the next one", async () => {
  const cache = testDirectory();
  for (const wait of [10, 40, 90, 150, 220, 300, 450]) {
    const killed = await startDeployer(cache);
    await sleep(wait);
    killed.kill("SIGKILL");
    await new Promise((resolve) => killed.once("close", resolve));
  }
  expect(await treeDigest(await fetchTag(await open(cache), "v7"))).toBe(await expected("v7"));
});

test("an aborted fetch stops, leaves no process behind, and the next one succeeds", async () => {
  const cache = testDirectory();
  for (const wait of [5, 30, 80, 150]) {
    const stop = new AbortController();
    const running = open(cache).then((source) =>
      fetchTag(source, "v9", operationContext({ signal: stop.signal })),
    );
    const outcome = running.then(
      () => "done",
      (error: Error) => error.message,
    );
    await sleep(wait);
    stop.abort(new Error("given up"));
    expect(["done", "given up"]).toContain(await outcome);
    expect(processesWith(cache)).toEqual([]);
  }
  expect(await treeDigest(await fetchTag(await open(cache), "v9"))).toBe(await expected("v9"));
});

/** The processes that have the cache in their environment. */
const processesWith = (cache: string): readonly string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(cache);
    } catch {
      return false;
    }
  });

test("a tree read back has as many files as the history was made with", async () => {
  const tree = await readTree(await fetchTag(await open(testDirectory()), "v22"));
  expect(Object.keys(tree)).toHaveLength(1000);
});
