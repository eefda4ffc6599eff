import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "@hawser/core/plugin";
import {
  type FrontAnswer,
  type MinioServer,
  operationContext,
  pluginContext,
  readTree,
  type S3Answer,
  startMinio,
  startMinioFront,
  startToxicProxy,
  type Toxic,
  type TreeTexts,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessTo, countingContext, hurtFirst, makeSource } from "./trial.ts";

let server: MinioServer;
beforeAll(async () => {
  server = await startMinio();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const bucketWith = async (tree: TreeTexts): Promise<string> => {
  const bucket = await server.createBucket();
  await Promise.all(Object.entries(tree).map(([key, text]) => server.put(bucket, key, text)));
  return bucket;
};

const plain = ({ status, body }: S3Answer): FrontAnswer => ({ status, body });

const fetchInto = async (source: Source, directory = testDirectory()): Promise<string> => {
  const revision = await source.resolve({}, operationContext());
  await source.fetch?.({ revision, directory }, operationContext());
  return directory;
};

test("a second fetch asks for the listing and for what changed, and for nothing else", async () => {
  const bucket = await bucketWith({
    "site/a.txt": "a",
    "site/b/c.txt": "c".repeat(200_000),
    "site/d.txt": "d",
  });
  await using proxy = await startToxicProxy({ port: server.port });
  const context = countingContext();
  const source = await makeSource({ ...accessTo(server, proxy), bucket, prefix: "site" }, context);
  await fetchInto(source);
  await server.put(bucket, "site/a.txt", "changed");
  const [requests, bytes] = [context.requests.length, proxy.bytes.downstream];
  const directory = await fetchInto(source);
  const asked = context.requests.slice(requests).map((line) => line.replace(/\?.*/, ""));
  expect(asked.filter((line) => line.endsWith("/site/a.txt"))).toHaveLength(1);
  expect(asked.filter((line) => line.endsWith(`${bucket}/`))).toHaveLength(3);
  expect(asked).toHaveLength(4);
  expect(proxy.bytes.downstream - bytes).toBeLessThan(10_000);
  expect(await readTree(directory)).toMatchObject({ "a.txt": "changed", "b/c.txt": "c".repeat(200_000) });
});

test("files are 644, folders 755, and a folder that a console made stays although it is empty", async () => {
  const bucket = await bucketWith({ "site/": "", "site/empty/": "", "site/in/deep/a.txt": "a" });
  const source = await makeSource({ ...accessTo(server), bucket, prefix: "site/" });
  const mask = process.umask(0o077);
  try {
    const directory = await fetchInto(source);
    const modeOf = (path: string): number => statSync(join(directory, path)).mode & 0o777;
    expect(readdirSync(directory).sort()).toEqual(["empty", "in"]);
    expect(["empty", "in", "in/deep"].map(modeOf)).toEqual([0o755, 0o755, 0o755]);
    expect(modeOf("in/deep/a.txt")).toBe(0o644);
  } finally {
    process.umask(mask);
  }
});

test("a whole bucket of several pages is fetched whole", async () => {
  const names = ["a.txt", "b/c.txt", "b/d.txt", "e f.txt", "g+h.txt"];
  const bucket = await bucketWith(Object.fromEntries(names.map((name) => [name, name])));
  await using front = await startMinioFront(server, async ({ url }, answer) => {
    const query = Object.fromEntries(new URL(url, "http://front").searchParams);
    if (query["list-type"] === undefined) return answer;
    return await server.call({ method: "GET", bucket, query: { ...query, "max-keys": "2" } }).then(plain);
  });
  const source = await makeSource({ ...accessTo(server, front), bucket, prefix: "" });
  const tree = await readTree(await fetchInto(source));
  expect(tree).toEqual(Object.fromEntries(names.map((name) => [name, name])));
  expect(front.requests.filter(({ url }) => url.includes("continuation-token="))).toHaveLength(3 * 2);
});

test("no file below the prefix is HWS_S3_NO_OBJECT", async () => {
  const bucket = await bucketWith({ "sites/a.txt": "a", "site/": "", "site/empty/": "" });
  const source = await makeSource({ ...accessTo(server), bucket, prefix: "site" });
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_S3_NO_OBJECT" });
});

test.each<[string, (bucket: string) => Promise<void>]>([
  ["is written over", (bucket) => server.put(bucket, "site/b.txt", "other")],
  ["is removed", (bucket) => server.remove(bucket, "site/b.txt")],
  ["is added", (bucket) => server.put(bucket, "site/c.txt", "new")],
])(
  "an object that %s while others are fetched is HWS_SOURCE_MOVED, and nothing is written",
  async (_, move) => {
    const bucket = await bucketWith({ "site/a.txt": "a", "site/b.txt": "b" });
    let armed = false;
    await using front = await startMinioFront(server, async ({ url }, answer) => {
      if (!armed || !url.includes("/site/a.txt")) return answer;
      armed = false;
      await move(bucket);
      return answer;
    });
    const source = await makeSource({ ...accessTo(server, front), bucket, prefix: "site" });
    const revision = await source.resolve({}, operationContext());
    armed = true;
    const directory = testDirectory();
    await expect(source.fetch?.({ revision, directory }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_MOVED",
    });
    expect(readdirSync(directory)).toEqual([]);
  },
);

test.each([
  ["damaged", (path: string) => writeFileSync(path, "x".repeat(readFileSync(path).length))],
  ["cut short", (path: string) => writeFileSync(path, "")],
])("a kept file that was %s is never taken", async (_, damage) => {
  const bucket = await bucketWith({ "site/a.txt": "the bytes" });
  const cacheDirectory = testDirectory();
  const options = { ...accessTo(server), bucket, prefix: "site" };
  const source = await makeSource(options, pluginContext({ cacheDirectory }));
  await fetchInto(source);
  const folder = join(cacheDirectory, "objects");
  for (const name of readdirSync(folder)) damage(join(folder, name));
  const directory = testDirectory();
  const error: unknown = await fetchInto(source, directory).catch((cause: unknown) => cause);
  if (error instanceof Error) {
    expect(error).toMatchObject({ code: "HWS_S3_CACHE", retryable: true });
    expect(readdirSync(directory)).toEqual([]);
    await fetchInto(source, directory);
  }
  expect(await readTree(directory)).toEqual({ "a.txt": "the bytes" });
});

const keys = (...names: readonly string[]): string =>
  names
    .map(
      (name) =>
        `<Contents><Key>${name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag><Size>1</Size></Contents>`,
    )
    .join("");

const listing = (contents: string, more = "<IsTruncated>false</IsTruncated>"): FrontAnswer => ({
  status: 200,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix>site/</Prefix><EncodingType>url</EncodingType>${more}${contents}</ListBucketResult>`,
});

const cut = "<IsTruncated>true</IsTruncated>";

test.each<[string, string, FrontAnswer]>([
  ["leaves the tree", "HWS_S3_KEY", listing(keys("site/../../canary"))],
  ["leaves the tree, encoded", "HWS_S3_KEY", listing(keys("site/%2E%2E/canary"))],
  ["begins at the root", "HWS_S3_KEY", listing(keys("site//etc/passwd"))],
  ["has an empty name", "HWS_S3_KEY", listing(keys("site/a//b"))],
  ["has a dot as a name", "HWS_S3_KEY", listing(keys("site/./b"))],
  ["has a line break", "HWS_S3_KEY", listing(keys("site/a%0Ab"))],
  ["has a zero byte", "HWS_S3_KEY", listing(keys("site/a%00b"))],
  ["is not UTF-8", "HWS_S3_KEY", listing(keys("site/%FF"))],
  ["has a name of 300 bytes", "HWS_S3_KEY", listing(keys(`site/${"a".repeat(300)}`))],
  ["is a file and a folder", "HWS_S3_KEY", listing(keys("site/a", "site/a/b"))],
  ["is a folder with bytes in it", "HWS_S3_KEY", listing(keys("site/a/"))],
  ["is beside the prefix", "HWS_S3_LISTING", listing(keys("other/a"))],
  ["is there twice", "HWS_S3_LISTING", listing(keys("site/a", "site/a"))],
  [
    "is not counted",
    "HWS_S3_LISTING",
    listing(keys("site/a"), "<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>"),
  ],
  ["is the last of a page that ends in nothing", "HWS_S3_LISTING", listing(keys("site/a"), cut)],
  [
    "comes in a page again and again",
    "HWS_S3_LISTING",
    listing("", `${cut}<NextContinuationToken>t</NextContinuationToken>`),
  ],
  ["comes in a page that does not say whether it is whole", "HWS_S3_LISTING", listing(keys("site/a"), "")],
  [
    "has an ETag that would be a header",
    "HWS_S3_LISTING",
    listing(keys("site/a").replace("&quot;0cc", "&#13;&#10;x: 1&quot;0cc")),
  ],
  [
    "comes in a listing that is cut off",
    "HWS_S3_ANSWER",
    { ...listing(""), body: "<ListBucketResult><Cont" },
  ],
])("a key that %s is %s, and nothing is written or asked for", async (_, code, answer) => {
  const bucket = await bucketWith({ "site/a.txt": "a" });
  await using front = await startMinioFront(server, () => answer);
  const source = await makeSource({ ...accessTo(server, front), bucket, prefix: "site" });
  const parent = testDirectory();
  const directory = join(parent, "in/tree");
  mkdirSync(directory, { recursive: true });
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code });
  await expect(
    source.fetch?.({ revision: { id: "0", exact: false }, directory }, operationContext()),
  ).rejects.toThrow();
  expect(await readTree(parent)).toEqual({});
  for (const { url } of front.requests) expect(url).toContain("list-type=2");
});

test.each<[string, FrontAnswer["body"]]>([
  ["more", "the bytes and more"],
  ["less", "the by"],
])("an object of %s bytes than were listed is HWS_SOURCE_MOVED", async (_, body) => {
  const bucket = await bucketWith({ "site/a.txt": "the bytes" });
  await using front = await startMinioFront(server, ({ url }, answer) =>
    url.includes("/site/a.txt") ? { ...answer, body } : answer,
  );
  const source = await makeSource({ ...accessTo(server, front), bucket, prefix: "site" });
  await expect(fetchInto(source)).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
});

const size = 200_000;

test.each<[string, string, Toxic]>([
  ["before the first byte", "HWS_HTTP_UNREACHABLE", { kind: "cut", afterBytes: 0, by: "fin" }],
  ["after one byte", "HWS_HTTP_UNREACHABLE", { kind: "cut", afterBytes: 1, by: "rst" }],
  ["in the middle", "HWS_HTTP_TRUNCATED", { kind: "cut", afterBytes: size / 2, by: "rst" }],
  ["in the middle, in peace", "HWS_HTTP_TRUNCATED", { kind: "cut", afterBytes: size / 2, by: "fin" }],
  ["before the last byte", "HWS_HTTP_TRUNCATED", { kind: "cut", afterBytes: size - 1, by: "fin" }],
  ["by silence", "HWS_HTTP_STALLED", { kind: "blackhole" }],
])("a fetch that is cut %s writes nothing, and works when it is tried again", async (_, code, toxic) => {
  const bucket = await bucketWith({ "site/a.txt": "a".repeat(size) });
  const cacheDirectory = testDirectory();
  await using proxy = await startToxicProxy({ port: server.port });
  const context = pluginContext({
    cacheDirectory,
    http: hurtFirst(proxy, "/site/a.txt", toxic),
  });
  const source = await makeSource({ ...accessTo(server, proxy), bucket, prefix: "site" }, context);
  const revision = await source.resolve({}, operationContext());
  const directory = testDirectory();
  const fetched = source.fetch?.({ revision, directory }, operationContext());
  await expect(fetched).rejects.toMatchObject({ code, retryable: true });
  expect(readdirSync(directory)).toEqual([]);
  proxy.heal();
  await source.fetch?.({ revision, directory }, operationContext());
  expect(await readTree(directory)).toEqual({ "a.txt": "a".repeat(size) });
});

test("an aborted fetch stops at once and leaves nothing", async () => {
  const bucket = await bucketWith({ "site/a.txt": "a".repeat(size) });
  await using proxy = await startToxicProxy({ port: server.port });
  const cacheDirectory = testDirectory();
  const source = await makeSource(
    { ...accessTo(server, proxy), bucket, prefix: "site" },
    pluginContext({ cacheDirectory }),
  );
  const revision = await source.resolve({}, operationContext());
  proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 50_000 });
  const giveUp = new AbortController();
  const directory = testDirectory();
  const context = operationContext({
    signal: giveUp.signal,
    progress: () => giveUp.abort(new Error("given up")),
  });
  await expect(source.fetch?.({ revision, directory }, context)).rejects.toThrow("given up");
  expect(readdirSync(directory)).toEqual([]);
  expect(Object.keys(await readTree(cacheDirectory))).toEqual([]);
});
