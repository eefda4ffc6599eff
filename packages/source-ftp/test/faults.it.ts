import { appendFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "@hawser/core/plugin";
import {
  type FtpRelay,
  type FtpServer,
  operationContext,
  pluginContext,
  readTree,
  receiveTree,
  startFtpRelay,
  startPyftpdlib,
  type Toxic,
  temporaryDirectory,
  testDirectory,
  treeDigest,
} from "@hawser/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { placeOf } from "../src/ftp-place.ts";
import type { FtpSourceOptions } from "../src/index.ts";
import { TreeSource } from "../src/tree-source.ts";
import { loginAt, makeSource, packTo, writeFiles } from "./trial.ts";

const big = 400_000;
const tree = { "big.bin": "x".repeat(big - 1).concat("\n"), "a/small.txt": "small\n" };

let server: FtpServer;
let relay: FtpRelay;
let cache: string;

beforeAll(async () => {
  // Without TLS, so that the relay can see which data connection belongs to which command.
  server = await startPyftpdlib({ secure: false });
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  writeFiles(join(server.root, "shop"), tree);
  relay = await startFtpRelay(server.port);
  cache = temporaryDirectory("hawser-ftp-cache-");
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  rmSync(join(server.root, "shop"), { recursive: true });
  rmSync(cache, { recursive: true });
});

const options = (more: Partial<FtpSourceOptions> = {}): FtpSourceOptions => ({
  ...loginAt(server),
  ...{ port: relay.port, path: "/shop", secure: false, allowPlaintext: true, ...more },
});

const open = (more: Partial<FtpSourceOptions> = {}): Promise<Source> =>
  makeSource(options(more), pluginContext({ cacheDirectory: cache }));

/** A source that takes a silent server for lost soon. */
const openImpatient = async (silenceMs = 200): Promise<Source> => {
  const context = pluginContext({ cacheDirectory: cache });
  return new TreeSource({ ...(await placeOf(options(), context)), silenceMs }, options(), context);
};

const fetched = async (source: Source, signal?: AbortSignal): Promise<string> => {
  const context = operationContext(signal === undefined ? {} : { signal });
  const directory = testDirectory();
  await receiveTree(source, { revision: await source.resolve({}, context), directory }, context);
  return directory;
};

const sent = (command: string): readonly string[] =>
  relay.commands.filter((line) => line.startsWith(command));

const cuts = [0, 1, big / 2, big - 1].flatMap((afterBytes) =>
  (["fin", "rst"] as const).map((by): [number, string, Toxic] => [
    afterBytes,
    by,
    { kind: "cut", afterBytes, by },
  ]),
);

test.each(cuts)("a file that is cut once at byte %i by %s goes on from there", async (afterBytes, _, cut) => {
  relay.hurt("RETR /shop/big.bin", cut, 1);
  expect(await readTree(await fetched(await open()))).toEqual(tree);
  expect(sent("REST")).toEqual(afterBytes === 0 ? [] : [`REST ${afterBytes}`]);
  expect(sent("RETR /shop/big.bin")).toHaveLength(2);
});

test.each(["fin", "rst"] as const)("an archive that is cut once by %s goes on from there", async (by) => {
  packTo(join(server.root, "shop.tgz"), join(server.root, "shop"));
  relay.hurt("RETR", { kind: "cut", afterBytes: 150, by }, 1);
  expect(await readTree(await fetched(await open({ path: "/shop.tgz" })))).toEqual(tree);
  expect(sent("REST")).toEqual(["REST 150"]);
});

test("a file that is cut each time before its first byte is a lost connection, and leaves nothing half", async () => {
  relay.hurt("RETR", { kind: "cut", afterBytes: 0, by: "rst" });
  await expect(fetched(await open())).rejects.toMatchObject({ code: "HWS_FTP_LOST", retryable: true });
  const [mirror = ""] = readdirSync(join(cache, "trees"));
  expect(readdirSync(join(cache, "trees", mirror, "incoming"))).toEqual([]);
});

test("a file that stands still is opened again where it stopped", async () => {
  relay.hurt("RETR", { kind: "blackhole" }, 1);
  expect(await readTree(await fetched(await openImpatient()))).toEqual(tree);
});

test("a file that stands still each time is a lost connection", async () => {
  relay.hurt("RETR", { kind: "blackhole" });
  await expect(fetched(await openImpatient())).rejects.toMatchObject({
    code: "HWS_FTP_LOST",
    retryable: true,
  });
});

test.each([
  ["in the middle of a line", 70],
  ["before its first byte", 0],
])("a listing that is cut %s is no shorter tree", async (_, afterBytes) => {
  relay.hurt("MLSD", { kind: "cut", afterBytes, by: "fin" });
  const error: unknown = await fetched(await open()).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: expect.stringMatching(/^HWS_FTP_(?:CUT|LISTING|EMPTY|LOST)$/) });
});

test("a second fetch moves no file, and a third only what changed", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`many/${index}.txt`, `${index}\n`.repeat(99)]),
  );
  writeFiles(join(server.root, "shop"), many);
  const first = await fetched(await open());
  const all = relay.dataBytes;
  expect(await treeDigest(await fetched(await open()))).toBe(await treeDigest(first));
  const again = relay.dataBytes - all;
  expect(sent("RETR")).toHaveLength(32);
  // Two listings for each resolve and fetch are all that is left.
  expect(again).toBeLessThan(all / 20);
  writeFiles(join(server.root, "shop"), { "many/7.txt": "changed\n" }, 1_700_000_777);
  const third = await readTree(await fetched(await open()));
  expect(third).toEqual({ ...tree, ...many, "many/7.txt": "changed\n" });
  expect(sent("RETR").slice(32)).toEqual(["RETR /shop/many/7.txt"]);
});

test("a file that is as fresh as the listing is moved again, since a second write would look the same", async () => {
  const now = Math.floor(Date.now() / 1000);
  writeFiles(join(server.root, "shop"), { "fresh.txt": "one\n" }, now);
  await fetched(await open());
  writeFiles(join(server.root, "shop"), { "fresh.txt": "two\n" }, now);
  expect(await readTree(await fetched(await open()))).toEqual({ ...tree, "fresh.txt": "two\n" });
});

test("bytes that were changed in the mirror are not given, but fetched again", async () => {
  await fetched(await open());
  const [mirror = ""] = readdirSync(join(cache, "trees"));
  const files = join(cache, "trees", mirror, "files");
  const [one = "", other = ""] = readdirSync(files);
  appendFileSync(join(files, one), "planted");
  rmSync(join(files, other));
  expect(await readTree(await fetched(await open()))).toEqual(tree);
  writeFileSync(join(cache, "trees", mirror, "table.json"), '{"big.bin":{"sha256":"../../x"},');
  expect(await readTree(await fetched(await open()))).toEqual(tree);
});

test("what was received before a failure is not moved again", async () => {
  const source = await open({ connections: 1 });
  const context = operationContext();
  const revision = await source.resolve({}, context);
  const lost: Toxic = { kind: "cut", afterBytes: 0, by: "rst" };
  relay.hurt("RETR /shop/big.bin", lost);
  const failing = Promise.resolve(source.fetch?.({ revision, directory: testDirectory() }, context));
  await expect(failing).rejects.toMatchObject({ code: "HWS_FTP_LOST" });
  relay.hurt("RETR /shop/big.bin", lost, 0);
  const before = sent("RETR").length;
  await source.fetch?.({ revision, directory: testDirectory() }, context);
  expect(sent("RETR").slice(before)).toEqual(["RETR /shop/big.bin"]);
});

test("a file that was replaced during a fetch and put back after it is not taken for the other one", async () => {
  const replace = (text: string, time: number): void =>
    writeFiles(join(server.root, "shop"), { "a/small.txt": text }, time);
  const source = await openImpatient(500);
  const context = operationContext();
  const revision = await source.resolve({}, context);
  // The first opening stands still, so that the second one meets the other file.
  relay.hurt("RETR /shop/a/small.txt", { kind: "blackhole" }, 1);
  const fetching = Promise.resolve(source.fetch?.({ revision, directory: testDirectory() }, context));
  fetching.catch(() => {});
  await expect.poll(() => sent("RETR").length, { timeout: 20_000 }).toBeGreaterThan(0);
  replace("other\n", 1_700_000_777);
  await expect(fetching).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
  replace("small\n", 1_700_000_000);
  expect(await readTree(await fetched(source))).toEqual(tree);
});

test("a fetch that is given up in the middle of a file ends at once and leaves nothing half", async () => {
  relay.hurt("RETR", { kind: "blackhole" });
  const controller = new AbortController();
  const source = await open();
  const fetching = fetched(source, controller.signal);
  fetching.catch(() => {});
  await expect.poll(() => sent("RETR").length, { timeout: 20_000 }).toBeGreaterThan(0);
  controller.abort(new Error("given up"));
  await expect(fetching).rejects.toThrow("given up");
  const [mirror = ""] = readdirSync(join(cache, "trees"));
  expect(readdirSync(join(cache, "trees", mirror, "incoming"))).toEqual([]);
});

test("an archive that is given up in the middle ends at once, and its connection with it", async () => {
  packTo(join(server.root, "shop.tgz"), join(server.root, "shop"));
  relay.hurt("RETR", { kind: "blackhole" });
  const controller = new AbortController();
  const fetching = fetched(await open({ path: "/shop.tgz" }), controller.signal);
  fetching.catch(() => {});
  await expect.poll(() => sent("RETR").length, { timeout: 20_000 }).toBe(1);
  controller.abort(new Error("given up"));
  await expect(fetching).rejects.toThrow("given up");
  await expect.poll(() => sent("QUIT").length, { timeout: 20_000 }).toBe(2);
});

test("an archive that is replaced while it is received is a moved source", async () => {
  packTo(join(server.root, "shop.tgz"), join(server.root, "shop"));
  relay.hurt("RETR", { kind: "cut", afterBytes: 100, by: "rst" }, 1);
  const source = await open({ path: "/shop.tgz" });
  const context = operationContext();
  const revision = await source.resolve({}, context);
  writeFiles(join(server.root, "shop"), { "more.txt": "more\n".repeat(500) });
  const opening = source.open?.({ revision }, context);
  await expect.poll(() => sent("RETR").length, { timeout: 20_000 }).toBe(1);
  packTo(join(server.root, "shop.tgz"), join(server.root, "shop"), 1_700_000_777);
  await expect(opening).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
});
