import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ArchiveFormat } from "../../src/contracts/source.ts";
import { folder } from "./fixtures/context.ts";
import { pax, type RawMember, rawMember, tarOf } from "./fixtures/hostile-tar.ts";
import { Random } from "./fixtures/random.ts";
import { run } from "./fixtures/tree.ts";
import { expectRefused, good, unpack } from "./fixtures/unpacking.ts";

const hostile: Readonly<Record<string, readonly [string, ...(RawMember | Buffer)[]]>> = {
  "a name that climbs out": ["HWS_ARCHIVE_PATH", { name: "../x" }],
  "a name that climbs out in its middle": ["HWS_ARCHIVE_PATH", { name: "a/../../x" }],
  "a name that climbs and stays inside": ["HWS_ARCHIVE_PATH", { name: "a/../x" }],
  "a name that climbs out by its prefix": ["HWS_ARCHIVE_PATH", { name: "x", prefix: ".." }],
  "an absolute name": ["HWS_ARCHIVE_PATH", { name: "/abs/x" }],
  "an absolute name behind a dot": ["HWS_ARCHIVE_PATH", { name: ".//abs/x" }],
  "a drive letter": ["HWS_ARCHIVE_PATH", { name: "C:\\x" }],
  "a relative drive letter": ["HWS_ARCHIVE_PATH", { name: "C:../x" }],
  "a drive letter behind a dot": ["HWS_ARCHIVE_PATH", { name: "./c:x" }],
  "an empty name": ["HWS_ARCHIVE_PATH", { name: "" }],
  "a name with an empty part": ["HWS_ARCHIVE_PATH", { name: "a//b" }],
  "a zero byte in a pax name": ["HWS_ARCHIVE_PATH", pax({ path: "a\0/../../b" }), { name: "b" }],
  "a zero byte in a GNU name": ["HWS_ARCHIVE_PATH", rawMember({ type: "L", data: "a\0b\0" }), { name: "b" }],
  "the byte 0x01 in a name": ["HWS_ARCHIVE_PATH", { name: "a\x01b" }],
  "a pax name that climbs out": ["HWS_ARCHIVE_PATH", pax({ path: "../x" }), { name: "x" }],
  "a GNU name that climbs out": ["HWS_ARCHIVE_PATH", rawMember({ type: "L", data: "../x\0" }), { name: "x" }],
  "a file as the tree itself": ["HWS_ARCHIVE_PATH", { name: "./", type: "2", link: "x" }],
  "a part longer than 255 bytes": ["HWS_ARCHIVE_PATH", pax({ path: "a".repeat(256) }), { name: "a" }],
  "a link out of the tree used as a directory": [
    "HWS_ARCHIVE_PATH",
    { name: "d", type: "2", link: "/tmp" },
    { name: "d/esc" },
  ],
  "a link inside the tree used as a directory": [
    "HWS_ARCHIVE_PATH",
    { name: "real", type: "5" },
    { name: "d", type: "2", link: "real" },
    { name: "d/f" },
  ],
  "a file used as a directory": ["HWS_ARCHIVE_PATH", { name: "f" }, { name: "f/g" }],
  "a link in place of a directory": [
    "HWS_ARCHIVE_DUPLICATE",
    { name: "d/f" },
    { name: "d", type: "2", link: "." },
  ],
  "an absolute link": ["HWS_ARCHIVE_LINK_ESCAPE", { name: "a", type: "2", link: "/etc/passwd" }],
  "a link to the parent": ["HWS_ARCHIVE_LINK_ESCAPE", { name: "a", type: "2", link: ".." }],
  "a link that climbs out from below": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    { name: "d/a", type: "2", link: "x/../../.." },
  ],
  "a chain of links that leaves": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    { name: "a", type: "2", link: "b/.." },
    { name: "b", type: "2", link: "d/e" },
    { name: "d/e", type: "2", link: "../.." },
  ],
  "a link that leaves through a link that comes later": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    { name: "d/a", type: "2", link: "up/../x" },
    { name: "d/up", type: "2", link: ".." },
  ],
  "a pax link that leaves": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    pax({ linkpath: "../x" }),
    { name: "a", type: "2", link: "b" },
  ],
  "a GNU link that leaves": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    rawMember({ type: "K", data: "../x\0" }),
    { name: "a", type: "2", link: "b" },
  ],
  "an empty link": ["HWS_ARCHIVE_PATH", { name: "a", type: "2", link: "" }],
  "a zero byte in a link": [
    "HWS_ARCHIVE_PATH",
    pax({ linkpath: "b\0c" }),
    { name: "a", type: "2", link: "b" },
  ],
  "a hard link out of the tree": ["HWS_ARCHIVE_TYPE", { name: "a", type: "1", link: "/etc/shadow" }],
  "a hard link that climbs out": ["HWS_ARCHIVE_TYPE", { name: "a", type: "1", link: "../secret" }],
  "a hard link through a link": [
    "HWS_ARCHIVE_TYPE",
    { name: "l", type: "2", link: "." },
    { name: "a", type: "1", link: "l/x" },
  ],
  "a hard link with a drive letter": ["HWS_ARCHIVE_TYPE", { name: "a", type: "1", link: "C:x" }],
  "a hard link inside the tree, before its target": [
    "HWS_ARCHIVE_TYPE",
    { name: "a", type: "1", link: "b" },
    { name: "b" },
  ],
  "a character device": ["HWS_ARCHIVE_TYPE", { name: "a", type: "3" }],
  "a block device": ["HWS_ARCHIVE_TYPE", { name: "a", type: "4" }],
  "a named pipe": ["HWS_ARCHIVE_TYPE", { name: "a", type: "6" }],
  "a GNU sparse file": ["HWS_ARCHIVE_TYPE", { name: "a", type: "S" }],
  "an unknown type": ["HWS_ARCHIVE_TYPE", { name: "a", type: "Z" }],
  "a pax sparse file": ["HWS_ARCHIVE_CORRUPT", pax({ "GNU.sparse.major": "1" }), { name: "a" }],
  "a file twice": ["HWS_ARCHIVE_DUPLICATE", { name: "a", data: "1" }, { name: "a", data: "2" }],
  "a file twice, once behind a dot": ["HWS_ARCHIVE_DUPLICATE", { name: "a" }, { name: "./a" }],
  "a directory in place of a file": ["HWS_ARCHIVE_DUPLICATE", { name: "a" }, { name: "a/", type: "5" }],
  "Hawser's own directory": ["HWS_ARCHIVE_RESERVED", { name: ".hawser/owner" }],
  "a repository": ["HWS_ARCHIVE_RESERVED", { name: "./.git/config" }],
  "two names for one member": [
    "HWS_ARCHIVE_CORRUPT",
    pax({ path: "a" }),
    rawMember({ type: "L", data: "b\0" }),
    { name: "c" },
  ],
  "a global header with a name": ["HWS_ARCHIVE_CORRUPT", pax({ path: "a" }, "g"), { name: "c" }],
  "a pax header that does not fit the grammar": [
    "HWS_ARCHIVE_CORRUPT",
    rawMember({ type: "x", data: "99 path=a\n" }),
    { name: "c" },
  ],
  "a pax header of zero length records": [
    "HWS_ARCHIVE_CORRUPT",
    rawMember({ type: "x", data: "0 path=a\n" }),
    { name: "c" },
  ],
  "a link with data": ["HWS_ARCHIVE_CORRUPT", { name: "a", type: "2", link: "b", data: "x" }],
  "a directory with data": ["HWS_ARCHIVE_CORRUPT", { name: "a", type: "5", data: "x" }],
  "an endless extended header": ["HWS_ARCHIVE_CORRUPT", rawMember({ type: "L", data: "x", size: 2 ** 30 })],
  "an end after an extended header": ["HWS_ARCHIVE_CORRUPT", pax({ path: "a" })],
  "a size beyond the end": ["HWS_ARCHIVE_CORRUPT", { name: "a", data: "x", size: 1 << 20 }],
  "a second archive after its end": ["HWS_ARCHIVE_CORRUPT", Buffer.alloc(1024), good],
};

describe("an archive from outside is refused whole for", () => {
  for (const [what, [code, ...members]] of Object.entries(hostile)) {
    test(what, async () => {
      await expectRefused(tarOf(good, ...members), code);
      await expectRefused(gzipSync(tarOf(good, ...members)), code, { format: "tar.gz" });
    });
  }

  test("a header whose checksum is wrong", async () => {
    const bytes = tarOf(good, { name: "a" });
    bytes[1024 + 3] = 0x62;
    await expectRefused(bytes, "HWS_ARCHIVE_CORRUPT");
  });

  test("being cut at any block", async () => {
    const bytes = tarOf(good, pax({ path: "b" }), { name: "a", data: "x".repeat(600) });
    for (let length = 0; length < bytes.length - 1024; length += 512) {
      await expectRefused(bytes.subarray(0, length), "HWS_ARCHIVE_CORRUPT");
    }
  });

  test("a cut or flipped gzip stream", async () => {
    const bytes = gzipSync(tarOf(good, { name: "a", data: new Random(1).bytes(5000) }));
    await expectRefused(bytes.subarray(0, -1), "HWS_ARCHIVE_CORRUPT", { format: "tar.gz" });
    const flipped = Buffer.from(bytes);
    flipped[3000] = (flipped[3000] ?? 0) ^ 1;
    await expectRefused(flipped, "HWS_ARCHIVE_CORRUPT", { format: "tar.gz" });
    await expectRefused(tarOf(good), "HWS_ARCHIVE_CORRUPT", { format: "tar.gz" });
  });

  test("a cut zstd stream", async () => {
    const base = await folder();
    writeFileSync(join(base, "a.tar"), tarOf(good, { name: "a", data: new Random(2).bytes(5000) }));
    run("zstd", ["-q", "a.tar"], base);
    const bytes = readFileSync(join(base, "a.tar.zst"));
    await expectRefused(bytes.subarray(0, 2000), "HWS_ARCHIVE_CORRUPT", { format: "tar.zst" });
    await expectRefused(tarOf(good), "HWS_ARCHIVE_CORRUPT", { format: "tar.zst" });
  });

  test("a format that nobody reads", async () => {
    await expectRefused(Buffer.from("Rar!"), "HWS_ARCHIVE_FORMAT", { format: "rar" as ArchiveFormat });
  });
});

describe("an archive from outside is refused at its limit for", () => {
  test("its own bytes", async () => {
    const bytes = tarOf({ name: "a" });
    await expectRefused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { packedBytes: bytes.length - 1 } });
    await (await unpack(bytes, { limits: { packedBytes: bytes.length } })).result;
  });

  test("the bytes it unpacks to", async () => {
    const bytes = tarOf({ name: "a", data: Buffer.alloc(4096) });
    await expectRefused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { unpackedBytes: 4096 } });
    await (await unpack(bytes, { limits: { unpackedBytes: bytes.length } })).result;
  });

  test("how far it unpacks", async () => {
    const zeros = gzipSync(tarOf({ name: "a", data: Buffer.alloc(64 << 20) }));
    await expectRefused(zeros, "HWS_ARCHIVE_LIMIT", { format: "tar.gz" });
    await (await unpack(zeros, { format: "tar.gz", limits: { ratio: 2000 } })).result;
  });

  test("the number of entries, implied directories counted", async () => {
    const bytes = tarOf({ name: "a/b/c" }, { name: "d" });
    await expectRefused(bytes, "HWS_ARCHIVE_LIMIT", { limits: { entries: 3 } });
    await (await unpack(bytes, { limits: { entries: 4 } })).result;
  });

  test("the depth of its directories", async () => {
    const name = `${"d/".repeat(2000)}f`;
    await expectRefused(tarOf(pax({ path: name }), { name: "f" }), "HWS_ARCHIVE_LIMIT", {
      limits: { pathBytes: 9000 },
    });
    const allowed = `${"d/".repeat(127)}f`;
    await (await unpack(tarOf(pax({ path: allowed }), { name: "f" }))).result;
    await expectRefused(tarOf(pax({ path: `d/${allowed}` }), { name: "f" }), "HWS_ARCHIVE_LIMIT");
  });

  test("the length of a path", async () => {
    const name = `${`${"d".repeat(99)}/`.repeat(50)}f`;
    await expectRefused(tarOf(pax({ path: name }), { name: "f" }), "HWS_ARCHIVE_LIMIT");
  });
});

test("an archive with any bit flipped stays inside its directory, and unpacks or is refused", async () => {
  const random = new Random(7);
  const bytes = tarOf(good, { name: "l", type: "2", link: "d/x" }, pax({ path: "d/y" }), {
    name: "y",
    data: "y",
  });
  for (let round = 0; round < 400; round += 1) {
    const flipped = Buffer.from(bytes);
    const at = random.below(bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    const { base, result } = await unpack(flipped);
    await result.catch((error: { code?: string }) => expect(error.code).toMatch(/^HWS_ARCHIVE_/));
    expect(readdirSync(base).sort()).toEqual(["neighbour", "tree"]);
  }
});

test("a missing zstd program is said so", async () => {
  const base = await folder();
  const path = process.env.PATH;
  process.env.PATH = base;
  try {
    await expectRefused(Buffer.from("x"), "HWS_ARCHIVE_ZSTD_MISSING", { format: "tar.zst" });
  } finally {
    process.env.PATH = path;
  }
});
