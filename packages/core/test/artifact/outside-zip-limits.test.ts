import { readdirSync } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { folder } from "./fixtures/context.ts";
import { deflated, type RawZipMember, zipLink, zipOf } from "./fixtures/hostile-zip.ts";
import { Random } from "./fixtures/random.ts";
import { expectRefused, type Given, unpack } from "./fixtures/unpacking.ts";

const format = "zip" as const;
const good: RawZipMember = { name: "good", data: "good" };

const refused = (bytes: Buffer, code: string, given: Given = {}) =>
  expectRefused(bytes, code, { format, ...given });

describe("a zip from outside is refused at its limit for", () => {
  test("its own bytes", async () => {
    const bytes = zipOf(good);
    await refused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { packedBytes: bytes.length - 1 } });
    await (await unpack(bytes, { format, limits: { packedBytes: bytes.length } })).result;
  });

  test("the bytes it unpacks to, over all members", async () => {
    const bytes = zipOf({ name: "a", data: "x".repeat(50) }, deflated("b", "y".repeat(50)));
    await refused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { unpackedBytes: 99 } });
    await (await unpack(bytes, { format, limits: { unpackedBytes: 100 } })).result;
  });

  test("how far it unpacks, also in many small members", async () => {
    await refused(zipOf(deflated("a", Buffer.alloc(32 << 20))), "HWS_ARCHIVE_LIMIT");
    const small = Buffer.alloc(128 << 10);
    const members = Array.from({ length: 200 }, (_, index) => deflated(`${index}`, small));
    await refused(zipOf(...members), "HWS_ARCHIVE_LIMIT");
    await (await unpack(zipOf(...members), { format, limits: { ratio: 2000 } })).result;
  });

  test("the number of entries, implied directories counted", async () => {
    const bytes = zipOf({ name: "a/b/c" }, { name: "d" });
    await refused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { entries: 3 } });
    await refused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { entries: 1 } });
    await (await unpack(bytes, { format, limits: { entries: 4 } })).result;
  });

  test("the depth of its directories and the length of a path", async () => {
    await (await unpack(zipOf({ name: `${"d/".repeat(127)}f` }), { format })).result;
    await refused(zipOf({ name: `${"d/".repeat(128)}f` }), "HWS_ARCHIVE_LIMIT");
    await refused(zipOf({ name: `${`${"d".repeat(99)}/`.repeat(50)}f` }), "HWS_ARCHIVE_LIMIT");
  });
});

test("a zip with any bit flipped stays inside its directory, and unpacks or is refused", async () => {
  const random = new Random(7);
  const bytes = zipOf(good, zipLink("l", "d/x"), deflated("d/y", "y".repeat(100)));
  for (let round = 0; round < 200; round += 1) {
    const flipped = Buffer.from(bytes);
    const at = random.below(bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    const { base, result } = await unpack(flipped, { format });
    await result.catch((error: { code?: string }) => expect(error.code).toMatch(/^HWS_ARCHIVE_/));
    expect(readdirSync(base).sort()).toEqual(["neighbour", "tree"]);
  }
});

test("nothing is left where zips are kept meanwhile: taken, refused, cut or given up", async () => {
  const base = await folder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = base;
  try {
    await (await unpack(zipOf(good), { format })).result;
    await refused(zipOf(good, { name: "../x" }), "HWS_ARCHIVE_PATH");
    await refused(zipOf(good).subarray(1), "HWS_ARCHIVE_CORRUPT");
    const abort = new AbortController();
    const silent = new Readable({ read: () => {} });
    silent.push(zipOf(good).subarray(0, 20));
    const { directory, result } = await unpack(silent, { format, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("given up")), 100);
    await expect(result).rejects.toThrow("given up");
    expect(readdirSync(directory)).toEqual([]);
    expect(silent.destroyed).toBe(true);
    expect(readdirSync(base).filter((name) => name.startsWith("hawser-spool-"))).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test("the error of the stream of a zip is passed on", async () => {
  const failing = new Readable({ read: () => {} });
  failing.push(Buffer.alloc(10));
  const { result } = await unpack(failing, { format });
  failing.destroy(new Error("the line is down"));
  await expect(result).rejects.toThrow("the line is down");
});
