import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  operationContext,
  type RsyncDaemon,
  readTree,
  receiveTree,
  startRsyncDaemon,
  startToxicProxy,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RsyncServer } from "../src/rsync-server.ts";
import { parseRsyncUrl } from "../src/rsync-url.ts";
import { TreeSource } from "../src/tree-source.ts";
import { fetchNow, makeSource, watchedContext, writeFiles } from "./trial.ts";

let root: string;
let daemon: RsyncDaemon;
const tree = { "a/one": "1".repeat(3000), "a/two": "2".repeat(40_000), three: "3" };
beforeAll(async () => {
  root = temporaryDirectory("hawser-rsync-connection-");
  await writeFiles(join(root, "shop"), tree);
  daemon = await startRsyncDaemon({ apps: { path: root } });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

/** A source behind a proxy that waits two seconds for signs of life. */
const behindProxy = async () => {
  const proxy = await startToxicProxy({ port: daemon.port });
  const context = watchedContext(testDirectory("hawser-cache-"));
  const options = { url: `rsync://127.0.0.1:${proxy.port}/apps/shop` };
  const server = new RsyncServer(options, parseRsyncUrl(options.url), context, 2);
  return { proxy, source: new TreeSource(server), context };
};

describe("a connection that breaks", () => {
  test("is told as such wherever it is cut, leaves no half tree, and the next fetch is whole", async () => {
    const { proxy, source } = await behindProxy();
    await using _ = proxy;
    const revision = await source.resolve({}, operationContext());
    const listed = proxy.bytes.downstream;
    for (const afterBytes of [0, 1, Math.floor(listed / 2), listed - 1]) {
      proxy.poison("downstream", { kind: "cut", afterBytes, by: afterBytes % 2 === 0 ? "fin" : "rst" });
      const outcome = await source.resolve({}, operationContext()).catch((error: unknown) => error);
      // The last byte is a farewell.
      if (afterBytes < listed - 1)
        expect(outcome).toMatchObject({ code: "HWS_RSYNC_NETWORK", retryable: true });
      else expect(outcome).toMatchObject(outcome instanceof Error ? { code: "HWS_RSYNC_NETWORK" } : revision);
    }
    for (const afterBytes of [0, 1, 20_000]) {
      proxy.poison("downstream", { kind: "cut", afterBytes, by: "rst" });
      const directory = testDirectory();
      await expect(receiveTree(source, { revision, directory }, operationContext())).rejects.toMatchObject({
        code: "HWS_RSYNC_NETWORK",
        retryable: true,
      });
      expect(await readdir(directory)).toEqual([]);
    }
    proxy.heal();
    const directory = testDirectory();
    await receiveTree(source, { revision, directory }, operationContext());
    expect(await readTree(directory)).toEqual(tree);
  });

  test("is whole or nothing when the last bytes of the transfer are cut", async () => {
    const { proxy, source } = await behindProxy();
    await using _ = proxy;
    const revision = await source.resolve({}, operationContext());
    const before = proxy.bytes.downstream;
    const first = testDirectory();
    await receiveTree(source, { revision, directory: first }, operationContext());
    const both = proxy.bytes.downstream - before;
    for (const less of [1, 50, 400]) {
      const fresh = await behindProxy();
      await using __ = fresh.proxy;
      fresh.proxy.poison("downstream", { kind: "cut", afterBytes: both - less, by: "fin" });
      const directory = testDirectory();
      const outcome = await receiveTree(fresh.source, { revision, directory }, operationContext()).catch(
        (error: unknown) => error,
      );
      if (outcome === undefined) expect(await readTree(directory)).toEqual(tree);
      else {
        expect(outcome).toMatchObject({ code: "HWS_RSYNC_NETWORK" });
        expect(await readdir(directory)).toEqual([]);
      }
    }
  });

  test("that stands still before its first byte is HWS_RSYNC_STALLED", async () => {
    const { proxy, source } = await behindProxy();
    await using _ = proxy;
    proxy.poison("downstream", { kind: "blackhole" });
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_RSYNC_STALLED",
      retryable: true,
    });
  });

  test("that stands still in the middle of a file is HWS_RSYNC_STALLED", async () => {
    const { proxy, source } = await behindProxy();
    await using _ = proxy;
    const revision = await source.resolve({}, operationContext());
    const directory = testDirectory();
    proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 30_000 });
    const fetching = receiveTree(source, { revision, directory }, operationContext());
    const outcome = expect(fetching).rejects.toMatchObject({ code: "HWS_RSYNC_STALLED", retryable: true });
    await sleep(700);
    proxy.poison("downstream", { kind: "blackhole" });
    await outcome;
    expect(await readdir(directory)).toEqual([]);
  });

  test("is given up at once when the caller does, and no process is left", async () => {
    const { proxy, source, context } = await behindProxy();
    await using _ = proxy;
    const revision = await source.resolve({}, operationContext());
    proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 5000 });
    const stop = new AbortController();
    const directory = testDirectory();
    const fetching = receiveTree(source, { revision, directory }, operationContext({ signal: stop.signal }));
    await sleep(300);
    stop.abort(new Error("given up"));
    await expect(fetching).rejects.toThrow("given up");
    expect(processesWith(context.cacheDirectory)).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });
});

/** The processes that have the cache in their arguments. */
const processesWith = (cache: string): readonly string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(cache);
    } catch {
      return false;
    }
  });

describe("a source that moves", () => {
  test("is told when a file is changed during the fetch, in the same second and to the same length", async () => {
    const folder = join(root, "moving");
    await mkdir(folder);
    await writeFile(join(folder, "a"), "before");
    await utimes(join(folder, "a"), 1_700_000_000.25, 1_700_000_000.25);
    const context = watchedContext(testDirectory("hawser-cache-"));
    const source = await makeSource(
      { url: daemon.url("apps/moving") },
      {
        ...context,
        spawn: async (file, argv, options) => {
          if (argv.includes("--dry-run")) {
            await writeFile(join(folder, "a"), "after!");
            await utimes(join(folder, "a"), 1_700_000_000.75, 1_700_000_000.75);
          }
          return await context.spawn(file, argv, options);
        },
      },
    );
    const revision = await source.resolve({}, operationContext());
    const directory = testDirectory();
    const fetching = receiveTree(source, { revision, directory }, operationContext());
    await expect(fetching).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
    expect(await readdir(directory)).toEqual([]);
  });

  test("gives new bytes also when a build gives them the old length and time", async () => {
    const folder = join(root, "epoch");
    await mkdir(folder);
    const source = await makeSource({ url: daemon.url("apps/epoch") });
    for (const text of ["one", "two"]) {
      await writeFile(join(folder, "a"), text);
      await utimes(join(folder, "a"), 1, 1);
      expect((await stat(join(folder, "a"))).mtimeMs).toBe(1000);
      expect(await readTree(await fetchNow(source))).toEqual({ a: text });
    }
  });

  test("has a revision that names what is there and not its bytes", async () => {
    const revision = await (await makeSource({ url: daemon.url("apps/shop") })).resolve(
      {},
      operationContext(),
    );
    expect(revision).toMatchObject({ exact: false, label: "shop", url: daemon.url("apps/shop") });
    expect(revision.id).toMatch(/^listing-[0-9a-f]{64}$/);
  });
});
