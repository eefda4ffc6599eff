import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { chmod, readdir, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FetchingSource } from "@hawser/core/plugin";
import {
  createSvnRepository,
  operationContext,
  pluginContext,
  readTree,
  type SvnRepository,
  type SvnServer,
  startSvnServer,
  startToxicProxy,
  type ToxicProxy,
  type TreeTexts,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetched, makeSource, repositoryRoot } from "./trial.ts";

let root: string;
let server: SvnServer;
let repository: SvnRepository;

/** Text that does not compress to nothing. */
const content = (path: string, version: number): string =>
  Array.from({ length: 400 }, (_, line) =>
    createHash("sha256").update(`${path} ${version} ${line}`).digest("base64"),
  ).join("\n");

/** Version 1 is tag 1 and so on; each changes two of forty files. */
const versions = 4;
const expected = new Map<string, TreeTexts>();

beforeAll(async () => {
  root = repositoryRoot();
  repository = await createSvnRepository(join(root, "shop"));
  const paths = Array.from({ length: 40 }, (_, index) => `d${index % 4}/f${index}`);
  let tree: Record<string, string> = {};
  for (let version = 1; version <= versions; version += 1) {
    const changed = version === 1 ? paths : paths.slice(version * 2, version * 2 + 2);
    const files = Object.fromEntries(changed.map((path) => [path, content(path, version)]));
    tree = { ...tree, ...files };
    const trunk = Object.entries(files).map(([path, text]) => [`trunk/${path}`, text]);
    await repository.commit({ files: Object.fromEntries(trunk) });
    await repository.commit({ copies: [["trunk", `tags/${version}`]] });
    expected.set(`tags/${version}`, tree);
  }
  server = await startSvnServer({ root });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const open = (cacheDirectory: string, port = server.port): Promise<FetchingSource> =>
  makeSource({ url: `svn://127.0.0.1:${port}/shop` }, pluginContext({ cacheDirectory }));

const fetchTag = async (source: FetchingSource, tag: number, context = operationContext()) =>
  await readTree(await fetched(source, `tags/${tag}`, context));

const tree = (tag: number): TreeTexts => expected.get(`tags/${tag}`) ?? {};

/** The bytes that a fetch brings from the server. */
const cost = async (proxy: ToxicProxy, work: () => Promise<unknown>): Promise<number> => {
  const before = proxy.bytes.downstream;
  await work();
  return proxy.bytes.downstream - before;
};

const mirrorOf = (cache: string): string => {
  const name = readdirSync(cache).find((one) => one.startsWith("mirror-")) ?? "";
  return join(cache, name, "idle", "copy");
};

test("a second fetch, of a near tag, brings about what changed, and a third of the same nearly nothing", async () => {
  await using proxy = await startToxicProxy({ port: server.port });
  const source = await open(testDirectory(), proxy.port);
  const first = await cost(proxy, async () => expect(await fetchTag(source, 1)).toEqual(tree(1)));
  const second = await cost(proxy, async () => expect(await fetchTag(source, 2)).toEqual(tree(2)));
  const third = await cost(proxy, async () => expect(await fetchTag(source, 2)).toEqual(tree(2)));
  expect(first).toBeGreaterThan(300_000);
  expect(second).toBeLessThan(first / 10);
  expect(third).toBeLessThan(8_000);
});

test("tags are fetched exactly, forwards and back, and the cache does not grow", async () => {
  const cache = testDirectory();
  const source = await open(cache);
  for (const tag of [3, 1, 4, 2]) expect(await fetchTag(source, tag)).toEqual(tree(tag));
  await fetchTag(source, 2);
  const kept = readdirSync(join(mirrorOf(cache), ".svn", "pristine"), { recursive: true, encoding: "utf8" });
  expect(kept.filter((name) => name.endsWith(".svn-base"))).toHaveLength(40);
  expect(readdirSync(cache)).toHaveLength(1);
});

test("many fetches at once from one cache give whole trees, and one mirror stays", async () => {
  const cache = testDirectory();
  const tags = [1, 2, 3];
  const trees = await Promise.all(tags.map(async (tag) => fetchTag(await open(cache), tag)));
  expect(trees).toEqual(tags.map(tree));
  expect(readdirSync(join(mirrorOf(cache), "..", ".."))).toEqual(["idle"]);
});

const onePristine = async (copy: string): Promise<string> => {
  const store = join(copy, ".svn", "pristine");
  const [shard = ""] = await readdir(store);
  const [name = ""] = await readdir(join(store, shard));
  const file = join(store, shard, name);
  await chmod(file, 0o644);
  return file;
};

test.each([
  ["a file was changed in place", async (copy: string) => writeFile(await onePristine(copy), "evil")],
  ["a file was emptied", async (copy: string) => writeFile(await onePristine(copy), "")],
  ["a file is gone", async (copy: string) => rm(await onePristine(copy))],
  ["all files are gone", (copy: string) => rm(join(copy, ".svn", "pristine"), { recursive: true })],
  ["the database is nonsense", (copy: string) => writeFile(join(copy, ".svn", "wc.db"), "nonsense")],
  ["the database is gone", (copy: string) => rm(join(copy, ".svn", "wc.db"))],
])("the right tree comes from a mirror of which %s, and it is said", async (_, damage) => {
  const cache = testDirectory();
  await fetchTag(await open(cache), 1);
  await damage(mirrorOf(cache));
  const context = operationContext();
  expect(await fetchTag(await open(cache), 1, context)).toEqual(tree(1));
  expect(context.lines).toMatchObject([{ level: "warn", message: expect.stringContaining("made anew") }]);
});

test("files that were touched, removed and put into the working copy change nothing", async () => {
  const cache = testDirectory();
  await fetchTag(await open(cache), 1);
  const copy = mirrorOf(cache);
  await writeFile(join(copy, "d0/f0"), "evil");
  await writeFile(join(copy, "d0/new"), "evil");
  await rm(join(copy, "d0/f8"));
  await rm(join(copy, "d1"), { recursive: true });
  await writeFile(join(copy, "d1"), "in the way");
  expect(await fetchTag(await open(cache), 1)).toEqual(tree(1));
  expect(await fetchTag(await open(cache), 3)).toEqual(tree(3));
});

test("a mirror whose user was killed is taken over, its locks and all", async () => {
  await using proxy = await startToxicProxy({ port: server.port });
  const cache = testDirectory();
  const source = await open(cache, proxy.port);
  proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 200_000 });
  const failed = fetchTag(source, 1).catch((error: unknown) => error);
  const killed = await killWhenFetching(cache);
  expect(await failed).toMatchObject({ code: "HWS_SVN_FAILED", message: expect.stringContaining("SIGKILL") });
  proxy.heal();
  // As a process that was killed itself leaves it.
  const mirrors = join(mirrorOf(cache), "..", "..");
  await rename(join(mirrors, "idle"), join(mirrors, `${hostname().replaceAll(".", "%2E")}.${killed}.1.abc`));
  const rest = await cost(proxy, async () => expect(await fetchTag(source, 1)).toEqual(tree(1)));
  expect(rest).toBeGreaterThan(0);
  expect(readdirSync(mirrors)).toEqual(["idle"]);
});

/** Kills the svn that works in a folder once a part has arrived, and gives its number. */
const killWhenFetching = async (cache: string): Promise<number> => {
  for (let turn = 0; turn < 500; turn += 1) {
    await sleep(10);
    const some = readdirSync(cache, { recursive: true, encoding: "utf8" }).some((name) =>
      name.endsWith(".svn-base"),
    );
    const [pid] = processesWith(cache);
    if (!some || pid === undefined) continue;
    process.kill(pid, "SIGKILL");
    return pid;
  }
  throw new Error("svn did not begin");
};

/** The processes that have a folder among their arguments. */
const processesWith = (folder: string): readonly number[] =>
  readdirSync("/proc")
    .filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);

test("an aborted fetch stops, leaves no process and no file behind, and the next one succeeds", async () => {
  await using proxy = await startToxicProxy({ port: server.port });
  const cache = testDirectory();
  const source = await open(cache, proxy.port);
  const revision = await source.resolve({ ref: "tags/1" }, operationContext());
  proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 200_000 });
  for (const wait of [20, 150, 400]) {
    const stop = new AbortController();
    const directory = testDirectory();
    const running = source.fetch({ revision, directory }, operationContext({ signal: stop.signal }));
    const outcome = running.then(
      () => "done",
      (error: Error) => error.message,
    );
    await sleep(wait);
    stop.abort(new Error("given up"));
    expect(await outcome).toBe("given up");
    expect(processesWith(cache)).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  }
  proxy.heal();
  expect(await fetchTag(source, 1)).toEqual(tree(1));
});

test("a connection that stands still ends when the caller gives up", async () => {
  await using proxy = await startToxicProxy({ port: server.port });
  const source = await open(testDirectory(), proxy.port);
  const revision = await source.resolve({ ref: "tags/1" }, operationContext());
  proxy.poison("downstream", { kind: "blackhole" });
  const directory = testDirectory();
  const signal = AbortSignal.timeout(500);
  await expect(source.fetch({ revision, directory }, operationContext({ signal }))).rejects.toThrow();
  expect(readdirSync(directory)).toEqual([]);
});

let measured: Promise<number> | undefined;

/** The bytes that the server sends for the first fetch of tag 1. */
const wholeBytes = (): Promise<number> => {
  measured ??= (async () => {
    await using proxy = await startToxicProxy({ port: server.port });
    const source = await open(testDirectory(), proxy.port);
    const revision = await source.resolve({ ref: "tags/1" }, operationContext());
    const directory = testDirectory();
    return await cost(proxy, () => source.fetch({ revision, directory }, operationContext()));
  })();
  return measured;
};

test.each([
  ["at the start", "fin", () => 0],
  ["behind the first byte", "rst", () => 1],
  ["in the middle", "fin", (whole: number) => Math.floor(whole / 2)],
  ["in the middle", "rst", (whole: number) => Math.floor(whole / 2)],
  ["before the last byte", "fin", (whole: number) => whole - 1],
] as const)(
  "a connection that is cut %s by %s gives an error that may be tried again, or the whole tree",
  async (_, by, at) => {
    const afterBytes = at(await wholeBytes());
    await using proxy = await startToxicProxy({ port: server.port });
    const source = await open(testDirectory(), proxy.port);
    const revision = await source.resolve({ ref: "tags/1" }, operationContext());
    proxy.poison("downstream", { kind: "cut", afterBytes, by });
    const directory = testDirectory();
    const error = await source.fetch({ revision, directory }, operationContext()).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (error !== undefined) {
      expect(error).toMatchObject({ code: "HWS_SVN_NETWORK", retryable: true });
      expect(readdirSync(directory)).toEqual([]);
      proxy.heal();
      await source.fetch({ revision, directory }, operationContext());
    }
    expect(await readTree(directory)).toEqual(tree(1));
  },
);
