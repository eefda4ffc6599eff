import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "@hawser/core/plugin";
import {
  operationContext,
  pluginContext,
  readTree,
  type SftpServer,
  startSftpServer,
  startToxicProxy,
  type ToxicProxy,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeSource, optionsFor, write } from "./place.ts";

const site = Object.fromEntries(
  Array.from({ length: 160 }, (_, index) => [`d${index % 4}/f${index}`, `${index}`.repeat(20_000)]),
);

const wholeBytes = Object.values(site).reduce((sum, text) => sum + text.length, 0);

const folder = temporaryDirectory();
let server: SftpServer;
/** How a fetch ended whose server fell silent. That takes its time, so it begins before everything else. */
let silence: Promise<{ readonly error: unknown; readonly left: readonly string[] }>;

beforeAll(async () => {
  server = await startSftpServer();
  await write(join(server.directory, "site"), site);
  await write(server.directory, { "site.tar": "0123456789".repeat(100_000) });
  silence = fetchInSilence();
});
afterAll(async () => {
  await silence;
  rmSync(folder, { recursive: true });
  await server[Symbol.asyncDispose]();
});

/** A source behind a proxy. */
const behind = async (proxy: ToxicProxy, path: string, cacheDirectory: string): Promise<Source> => {
  const { host, port } = proxy;
  const through = { ...server, host, port, knownHosts: server.knownHostsOf(proxy) };
  const options = optionsFor(through, { path: join(server.path, path) });
  return await makeSource(options, pluginContext({ cacheDirectory }));
};

const startProxy = (): Promise<ToxicProxy> => startToxicProxy({ host: server.host, port: server.port });

const retryable = expect.objectContaining({
  retryable: true,
  code: expect.stringMatching(/^HWS_TRANSPORT_(LOST|UNREACHABLE)$/),
});

const fetchInSilence = async (): Promise<{ error: unknown; left: readonly string[] }> => {
  await using proxy = await startProxy();
  const source = await behind(proxy, "site", join(folder, "cache"));
  const revision = await source.resolve({}, operationContext());
  const directory = join(folder, "tree");
  mkdirSync(directory);
  const context = operationContext({ progress: () => proxy.poison("downstream", { kind: "blackhole" }) });
  const error = await source.fetch?.({ revision, directory }, context).catch((reason: unknown) => reason);
  return { error, left: readdirSync(directory) };
};

describe("a connection that is cut", () => {
  test.each([
    [0, "fin"],
    [1, "rst"],
    [5_000, "fin"],
    [2_000_000, "rst"],
    [2_500_000, "fin"],
  ] as const)(
    "after %i bytes by %s may be tried again, leaves nothing in the tree, and the next try is whole",
    async (afterBytes, by) => {
      await using proxy = await startProxy();
      const source = await behind(proxy, "site", testDirectory());
      const revision = await source.resolve({}, operationContext());
      proxy.poison("downstream", { kind: "cut", afterBytes, by });
      const directory = testDirectory();
      await expect(source.fetch?.({ revision, directory }, operationContext())).rejects.toThrow(retryable);
      expect(readdirSync(directory)).toEqual([]);
      proxy.heal();
      const before = proxy.bytes.downstream;
      await source.fetch?.({ revision, directory }, operationContext());
      expect(await readTree(directory)).toEqual(site);
      // What arrived whole before the cut was kept.
      const spent = proxy.bytes.downstream - before;
      if (afterBytes >= 2_000_000) expect(spent).toBeLessThan(wholeBytes - 1_000_000);
    },
  );

  test("while an archive is read is opened again where it stopped", async () => {
    await using proxy = await startProxy();
    const source = await behind(proxy, "site.tar", testDirectory());
    const revision = await source.resolve({}, operationContext());
    const opening = source.open?.(
      { revision },
      operationContext({
        progress: ({ bytes }) => {
          if (bytes > 300_000 && bytes < 600_000) proxy.reset();
        },
      }),
    );
    const opened = await opening;
    let bytes = 0;
    for await (const chunk of opened?.stream ?? []) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(1_000_000);
  });
});

describe("a server that falls silent", () => {
  test("is told as lost in the middle of a tree", async () => {
    expect(await silence).toEqual({ error: retryable, left: [] });
  });

  test("does not hold up who gives up", async () => {
    await using proxy = await startProxy();
    for (const path of ["site", "site.tar"]) {
      const source = await behind(proxy, path, testDirectory());
      const revision = await source.resolve({}, operationContext());
      const stop = new AbortController();
      const directory = testDirectory();
      const context = operationContext({
        signal: stop.signal,
        progress: () => {
          proxy.poison("downstream", { kind: "blackhole" });
          stop.abort(new Error("given up"));
        },
      });
      const work = source.fetch?.({ revision, directory }, context) ?? source.open?.({ revision }, context);
      await expect(work).rejects.toThrow("given up");
      expect(readdirSync(directory)).toEqual([]);
      proxy.heal();
    }
  });

  test("before the login is not waited for once the caller gave up", async () => {
    await using proxy = await startProxy();
    proxy.poison("downstream", { kind: "blackhole" });
    const source = await behind(proxy, "site", testDirectory());
    const signal = AbortSignal.timeout(300);
    await expect(source.resolve({}, operationContext({ signal }))).rejects.toMatchObject({
      name: "TimeoutError",
    });
    // The proxy may still hold its own half.
    await expect.poll(() => proxy.connections).toBeLessThan(1);
  });
});
