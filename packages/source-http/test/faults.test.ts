import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { operationContext, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import type { HttpSourceOptions } from "../src/index.ts";
import { type FaultServer, startFaultServer } from "./fault-server.ts";
import { open, quickContext } from "./trial.ts";

const size = 200_000;

/** One file of random bytes, and a source of it. */
const start = async (
  options: Partial<HttpSourceOptions> = {},
): Promise<{ server: FaultServer; fetch: () => Promise<Buffer>; leftOver: () => Promise<string[]> }> => {
  const server = await startFaultServer(randomBytes(size));
  const context = quickContext();
  const source = await open({ url: `${server.origin}/app.bin`, file: "app.bin", ...options }, context);
  const fetch = async () => {
    const directory = testDirectory();
    const operation = operationContext();
    await source.fetch?.({ revision: await source.resolve({}, operation), directory }, operation);
    return await readFile(join(directory, "app.bin"));
  };
  const leftOver = async () => await readdir(join(context.cacheDirectory, "downloads")).catch(() => []);
  return { server, fetch, leftOver };
};

it.each([0, 1, size / 2, size - 1])(
  "goes on with Range and If-Range where what arrived ends, up to byte %i",
  async (after) => {
    for (const kind of ["cut", "silence"] as const) {
      const { server, fetch } = await start();
      server.faults.push({ kind, after });
      expect((await fetch()).equals(server.bytes)).toBe(true);
      const asked = server.asked.at(-1) ?? "";
      expect(server.asked).toEqual(["HEAD whole", "HEAD whole", "GET whole", asked]);
      const from = Number(/^GET bytes=(\d+)-$/.exec(asked)?.[1] ?? 0);
      // A reset takes back what was sent and not read yet; whoever is only silent has sent all.
      if (kind === "silence") expect(from).toBe(after);
      else expect(from).toBeLessThanOrEqual(after);
      expect(server.received.at(-1)?.["if-range"]).toBe(from === 0 ? undefined : '"one"');
    }
  },
);

it("takes the whole again from a server that knows no parts, and from one whose tags are weak", async () => {
  for (const isRanging of [false, true]) {
    const { server, fetch } = await start();
    server.ranges = isRanging;
    server.headers = { etag: isRanging ? 'W/"one"' : '"one"' };
    server.faults.push({ kind: "cut", after: 1000 });
    expect((await fetch()).equals(server.bytes)).toBe(true);
  }
});

it("goes on by the time of change where there is no tag", async () => {
  const { server, fetch } = await start();
  server.headers = { "last-modified": "Wed, 21 Oct 2015 07:28:00 GMT" };
  server.faults.push({ kind: "cut", after: 1000 });
  expect((await fetch()).equals(server.bytes)).toBe(true);
  expect(server.asked).toEqual(["HEAD whole", "HEAD whole", "GET whole", "GET bytes=1000-", "HEAD whole"]);
});

it.each([
  ["a new tag", size, '"two"'],
  ["another length", size + 1, '"one"'],
])("never mixes two states: a file with %s since the cut has moved", async (_, sizeBytes, etag) => {
  const { server, fetch, leftOver } = await start();
  const replace = () => {
    server.bytes = randomBytes(sizeBytes);
    server.headers = { etag };
  };
  server.faults.push({ kind: "cut", after: 100_000, meanwhile: replace });
  await expect(fetch()).rejects.toMatchObject({
    code: expect.stringMatching(/^HWS_(SOURCE|DOWNLOAD)_MOVED$/),
  });
  expect(await leftOver()).toEqual([]);
});

it.each([size + 1000, size - 1000])("refuses a length that is a lie: %i", async (claimed) => {
  const { server, fetch, leftOver } = await start();
  server.headers = {};
  for (let turn = 0; turn < 10; turn++) server.faults.push({ kind: "length", claimed });
  const outcome = await fetch().then(
    (bytes) => bytes.length,
    ({ code }) => code as string,
  );
  // Bytes beyond the told length are none of the answer's; a digest would tell.
  if (claimed < size) expect(outcome).toBe(claimed);
  else expect(outcome).toMatch(/^HWS_(HTTP_TRUNCATED|DOWNLOAD_(CUT|LENGTH))$/);
  if (claimed > size) expect(await leftOver()).toEqual([]);
});

it("refuses another digest than the pinned one, and keeps nothing", async () => {
  const { server, fetch, leftOver } = await start({ sha256: "0".repeat(64) });
  await expect(fetch()).rejects.toMatchObject({ code: "HWS_DOWNLOAD_DIGEST" });
  expect(await leftOver()).toEqual([]);
  expect(server.asked).toEqual(["GET whole"]);
});

it("asks no server for a pinned artifact that is kept", async () => {
  const { server, fetch } = await start();
  const sha256 = createHash("sha256").update(server.bytes).digest("hex");
  const context = quickContext();
  const source = await open({ url: `${server.origin}/app.bin`, file: "app.bin", sha256 }, context);
  for (let turn = 0; turn < 2; turn++) {
    const operation = operationContext();
    const revision = await source.resolve({}, operation);
    expect(revision).toMatchObject({ id: `sha256-${sha256}`, exact: true });
    await source.fetch?.({ revision, directory: testDirectory() }, operation);
  }
  expect(server.asked).toEqual(["GET whole"]);
  await fetch();
});

it("tries again what a busy server refuses, and says at the end what it asked for", async () => {
  const { server, fetch } = await start();
  server.faults.push({ kind: "status", status: 503 }, { kind: "status", status: 429 });
  expect((await fetch()).equals(server.bytes)).toBe(true);
  for (let turn = 0; turn < 10; turn++)
    server.faults.push({ kind: "status", status: 503, headers: { "retry-after": "120" } });
  server.headers = { etag: '"two"' };
  await expect(fetch()).rejects.toMatchObject({
    code: "HWS_WEB_BUSY",
    retryable: true,
    message: expect.stringContaining("try again after 120 s"),
  });
});

it.each([
  [401, "HWS_WEB_UNAUTHORIZED"],
  [403, "HWS_WEB_FORBIDDEN"],
  [404, "HWS_WEB_NOT_FOUND"],
  [410, "HWS_WEB_NOT_FOUND"],
  [418, "HWS_WEB_STATUS"],
  [206, "HWS_WEB_STATUS"],
])("says what status %i means", async (status, code) => {
  const { server, fetch } = await start();
  server.faults.push({ kind: "status", status });
  await expect(fetch()).rejects.toMatchObject({ code, retryable: false, hint: expect.any(String) });
});

it.each([400, 403, 405, 501])("asks with a ranged GET where HEAD is refused with %i", async (headStatus) => {
  const { server, fetch } = await start();
  server.headStatus = headStatus;
  expect((await fetch()).equals(server.bytes)).toBe(true);
  expect(server.asked.slice(0, 2)).toEqual(["HEAD whole", "GET bytes=0-0"]);
  server.ranges = false;
  expect((await fetch()).equals(server.bytes)).toBe(true);
});

it("does not deploy what is sent in a coding that nobody asked for", async () => {
  const { server, fetch } = await start();
  server.headers = { etag: '"one"', "content-encoding": "gzip" };
  await expect(fetch()).rejects.toMatchObject({ code: "HWS_WEB_CODED" });
});

it("refuses a part that begins elsewhere than asked", async () => {
  const { server, fetch } = await start();
  const lie = () => {
    server.headers = { etag: '"one"', "content-range": "bytes 7-9/10" };
  };
  server.faults.push({ kind: "cut", after: 1000, meanwhile: lie });
  await expect(fetch()).rejects.toMatchObject({ code: "HWS_WEB_RANGE" });
});

it("stops at once when it is aborted, and leaves nothing behind", async () => {
  const server = await startFaultServer(randomBytes(size));
  server.faults.push({ kind: "silence", after: 1000 });
  const context = quickContext({ limits: { stallMs: 60_000 } });
  const source = await open({ url: `${server.origin}/app.bin`, file: "app.bin" }, context);
  const controller = new AbortController();
  const operation = operationContext({ signal: controller.signal });
  const directory = testDirectory();
  const revision = await source.resolve({}, operation);
  const running = source.fetch?.({ revision, directory }, operation);
  await expect.poll(() => operation.reports.length, { timeout: 10_000 }).toBeGreaterThan(0);
  controller.abort(new Error("given up"));
  await expect(running).rejects.toThrow("given up");
  expect(await readdir(directory)).toEqual([]);
  expect(await readdir(join(context.cacheDirectory, "downloads"))).toEqual([]);
});
