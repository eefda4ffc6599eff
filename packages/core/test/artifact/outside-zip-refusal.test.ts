import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folder } from "./fixtures/context.ts";
import {
  deflated,
  descriptor,
  type RawZipMember,
  rawZip,
  withLargeEnd,
  zipLink,
  zipOf,
} from "./fixtures/hostile-zip.ts";
import { Random } from "./fixtures/random.ts";
import { run } from "./fixtures/tree.ts";
import { expectRefused, type Given, unpack } from "./fixtures/unpacking.ts";

const format = "zip" as const;
const good: RawZipMember = { name: "good", data: "good" };

const refused = (bytes: Buffer, code: string, given: Given = {}) =>
  expectRefused(bytes, code, { format, ...given });

const streamed = { flags: 8 };

const hostile: Readonly<Record<string, readonly [string, ...RawZipMember[]]>> = {
  "a name that climbs out": ["HWS_ARCHIVE_PATH", { name: "../x" }],
  "a name that climbs out in its middle": ["HWS_ARCHIVE_PATH", { name: "a/../../x" }],
  "a name that climbs and stays inside": ["HWS_ARCHIVE_PATH", { name: "a/../x" }],
  "an absolute name": ["HWS_ARCHIVE_PATH", { name: "/abs/x" }],
  "an absolute name behind a dot": ["HWS_ARCHIVE_PATH", { name: ".//abs/x" }],
  "a drive letter": ["HWS_ARCHIVE_PATH", { name: "C:x" }],
  "a relative drive letter": ["HWS_ARCHIVE_PATH", { name: "C:../x" }],
  "a name with backslashes": ["HWS_ARCHIVE_PATH", { name: "..\\..\\x" }],
  "a name with backslashes made on another system": ["HWS_ARCHIVE_PATH", { name: "a\\b", system: 0 }],
  "an empty name": ["HWS_ARCHIVE_PATH", { name: "" }],
  "a name with an empty part": ["HWS_ARCHIVE_PATH", { name: "a//b" }],
  "a zero byte in a name": ["HWS_ARCHIVE_PATH", { name: "a\0b" }],
  "the byte 0x01 in a name": ["HWS_ARCHIVE_PATH", { name: "a\x01b" }],
  "a part longer than 255 bytes": ["HWS_ARCHIVE_PATH", { name: "a".repeat(256) }],
  "a name beyond ASCII that is not marked": ["HWS_ARCHIVE_PATH", { name: "caf\x82" }],
  "a name marked as UTF-8 that is not": ["HWS_ARCHIVE_PATH", { name: "caf\x82", fields: { flags: 0x800 } }],
  "the tree itself as a link": ["HWS_ARCHIVE_PATH", zipLink(".", "x")],
  "a link out of the tree used as a directory": ["HWS_ARCHIVE_PATH", zipLink("d", "/tmp"), { name: "d/esc" }],
  "a link inside the tree used as a directory": [
    "HWS_ARCHIVE_PATH",
    { name: "real/", mode: 0o040755 },
    zipLink("d", "real"),
    { name: "d/f" },
  ],
  "a file used as a directory": ["HWS_ARCHIVE_PATH", { name: "f" }, { name: "f/g" }],
  "a link in place of a directory": ["HWS_ARCHIVE_DUPLICATE", { name: "d/f" }, zipLink("d", ".")],
  "an absolute link": ["HWS_ARCHIVE_LINK_ESCAPE", zipLink("a", "/etc/passwd")],
  "a link to the parent": ["HWS_ARCHIVE_LINK_ESCAPE", zipLink("a", "..")],
  "a link that climbs out from below": ["HWS_ARCHIVE_LINK_ESCAPE", zipLink("d/a", "x/../../..")],
  "a chain of links that leaves": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    zipLink("a", "b/.."),
    zipLink("b", "d/e"),
    zipLink("d/e", "../.."),
  ],
  "a link that leaves through a link that comes later": [
    "HWS_ARCHIVE_LINK_ESCAPE",
    zipLink("d/a", "up/../x"),
    zipLink("d/up", ".."),
  ],
  "an empty link": ["HWS_ARCHIVE_PATH", zipLink("a", "")],
  "a zero byte in a link": ["HWS_ARCHIVE_PATH", zipLink("a", "b\0c")],
  "a link with a target too long": ["HWS_ARCHIVE_PATH", zipLink("a", "b".repeat(5000))],
  "a link with an endless target": [
    "HWS_ARCHIVE_CORRUPT",
    { ...deflated("a", Buffer.alloc(2 << 20)), mode: 0o120777 },
  ],
  "a character device": ["HWS_ARCHIVE_TYPE", { name: "a", mode: 0o020666 }],
  "a block device": ["HWS_ARCHIVE_TYPE", { name: "a", mode: 0o060666 }],
  "a named pipe": ["HWS_ARCHIVE_TYPE", { name: "a", mode: 0o010666 }],
  "a socket": ["HWS_ARCHIVE_TYPE", { name: "a", mode: 0o140666 }],
  "an unknown type": ["HWS_ARCHIVE_TYPE", { name: "a", mode: 0o110666 }],
  "a directory by its name alone": ["HWS_ARCHIVE_CORRUPT", { name: "a/", mode: 0o100644 }],
  "a directory by its mode alone": ["HWS_ARCHIVE_CORRUPT", { name: "a", mode: 0o040755 }],
  "a directory with data": ["HWS_ARCHIVE_CORRUPT", { name: "a/", mode: 0o040755, data: "x" }],
  "a file twice": ["HWS_ARCHIVE_DUPLICATE", { name: "a", data: "1" }, { name: "a", data: "2" }],
  "a file twice, once behind a dot": ["HWS_ARCHIVE_DUPLICATE", { name: "a" }, { name: "./a" }],
  "a directory in place of a file": ["HWS_ARCHIVE_DUPLICATE", { name: "a" }, { name: "a/", mode: 0o040755 }],
  "Hawser's own directory": ["HWS_ARCHIVE_RESERVED", { name: ".hawser/owner" }],
  "a repository": ["HWS_ARCHIVE_RESERVED", { name: "./.git/config" }],
  "an encrypted member": ["HWS_ARCHIVE_METHOD", { name: "a", fields: { flags: 1 } }],
  "masked headers": ["HWS_ARCHIVE_METHOD", { name: "a", fields: { flags: 0x2000 } }],
  "a patch": ["HWS_ARCHIVE_METHOD", { name: "a", fields: { flags: 0x20 } }],
  "strong encryption": ["HWS_ARCHIVE_CORRUPT", { name: "a", fields: { flags: 0x41 } }],
  "a method nobody knows": ["HWS_ARCHIVE_METHOD", { name: "a", fields: { method: 12 } }],
  "a second name": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", extra: Buffer.from("\x75\x70\x08\x00\x01\0\0\0\0../", "latin1") },
  ],
  "another name in its own header": ["HWS_ARCHIVE_CORRUPT", { name: "a", local: { name: "b" } }],
  "a longer name in its own header": ["HWS_ARCHIVE_CORRUPT", { name: "a", local: { name: "../a" } }],
  "another method in its own header": ["HWS_ARCHIVE_CORRUPT", { name: "a", local: { method: 8 } }],
  "another size in its own header": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "x", local: { sizeBytes: 0 } },
  ],
  "another length in its own header": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "x", local: { packedBytes: 9 } },
  ],
  "another checksum in its own header": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "x", local: { crc32: 9 } },
  ],
  "a descriptor in its own header alone": ["HWS_ARCHIVE_CORRUPT", { name: "a", local: streamed }],
  "encryption in its own header alone": ["HWS_ARCHIVE_CORRUPT", { name: "a", local: { flags: 1 } }],
  "sizes that were to come and do not": ["HWS_ARCHIVE_CORRUPT", { name: "a", data: "x", fields: streamed }],
  "a descriptor with another checksum": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "x", fields: streamed, descriptor: descriptor("x", { crc: 1 }) },
  ],
  "a descriptor with another size": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "x", fields: streamed, descriptor: descriptor("xy") },
  ],
  "bytes behind a member": ["HWS_ARCHIVE_CORRUPT", { name: "a", data: "x", descriptor: Buffer.from("y") }],
  "a member that the directory does not know": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", before: zipOf({ name: "hidden", data: "x" }).subarray(0, 37) },
  ],
  "two members at one place": ["HWS_ARCHIVE_CORRUPT", { name: "good", central: { offset: 0, name: "a" } }],
  "a member inside another": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: zipOf({ name: "b" }), central: { packedBytes: 500, sizeBytes: 500 } },
  ],
  "a member beyond the end": ["HWS_ARCHIVE_CORRUPT", { name: "a", central: { offset: 1 << 20 } }],
  "a wrong checksum": ["HWS_ARCHIVE_CORRUPT", { name: "a", data: "x", fields: { crc32: 1 } }],
  "more data than it says": [
    "HWS_ARCHIVE_CORRUPT",
    { ...deflated("a", "xxxx"), fields: { method: 8, sizeBytes: 3 } },
  ],
  "less data than it says": [
    "HWS_ARCHIVE_CORRUPT",
    { ...deflated("a", "xxxx"), fields: { method: 8, sizeBytes: 5 } },
  ],
  "a stored member of two sizes": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "xx", fields: { sizeBytes: 1 } },
  ],
  "data that is no deflate": [
    "HWS_ARCHIVE_CORRUPT",
    { name: "a", data: "x", packed: Buffer.from("\xff\xff", "latin1"), fields: { method: 8 } },
  ],
  "bytes behind deflated data": [
    "HWS_ARCHIVE_CORRUPT",
    {
      name: "a",
      data: "x",
      packed: Buffer.concat([deflateRawSync("x"), Buffer.from("more")]),
      fields: { method: 8 },
    },
  ],
};

describe("a zip from outside is refused whole for", () => {
  for (const [what, [code, ...members]] of Object.entries(hostile)) {
    test(what, async () => {
      await refused(zipOf(good, ...members), code);
    });
  }

  const noise = new Random(1).bytes(300_000);
  const large = deflated("a", noise);
  const packed = large.packed ?? Buffer.alloc(0);
  test.each([
    ["more data than it says", { ...large, fields: { method: 8, sizeBytes: noise.length - 1 } }],
    ["less data than it says", { ...large, fields: { method: 8, sizeBytes: noise.length + 1 } }],
    ["a wrong checksum", { ...large, fields: { method: 8, crc32: 1 } }],
    ["cut data", { ...large, packed: packed.subarray(0, -9) }],
    ["bytes behind its data", { ...large, packed: Buffer.concat([packed, Buffer.alloc(1)]) }],
  ])("a large member with %s", async (_, member) => {
    await refused(zipOf(good, member), "HWS_ARCHIVE_CORRUPT");
  });

  test("being cut at any byte", async () => {
    const bytes = zipOf(good, deflated("a", "x".repeat(600)), zipLink("l", "a"));
    for (let length = 0; length < bytes.length; length += 1) {
      await refused(bytes.subarray(0, length), "HWS_ARCHIVE_CORRUPT");
    }
  });

  const zip = zipOf(good);
  test.each<[string, Buffer]>([
    ["bytes before its first member", zipOf({ ...good, before: Buffer.from("#!/bin/sh\n") })],
    ["bytes before its directory", rawZip({ members: [good], gap: Buffer.from("PK") })],
    ["bytes behind its directory", rawZip({ members: [good], tail: Buffer.from("PK") })],
    ["bytes behind its end", Buffer.concat([zip, Buffer.from("PK")])],
    ["another archive before it", Buffer.concat([zip, zip])],
    ["fewer members in its end than in its directory", rawZip({ members: [good, { name: "a" }], count: 1 })],
    ["more members in its end than in its directory", rawZip({ members: [good], count: 2 })],
    ["no members and bytes", rawZip({ members: [], gap: Buffer.from("x") })],
    ["a large end without its record", rawZip({ members: [good], tail: Buffer.alloc(76) })],
    ["being no zip", Buffer.from("PK")],
    ["being nothing", Buffer.alloc(0)],
  ])("%s", async (_, bytes) => {
    await refused(bytes, "HWS_ARCHIVE_CORRUPT");
  });

  test("ends that contradict each other", async () => {
    const small = zipOf(good, { name: "a" });
    await (await unpack(withLargeEnd(small), { format })).result;
    const record = small.length - 22;
    const end = record + 76;
    const fields = {
      "the record's length": record + 4,
      "the record's members on this disk": record + 24,
      "the record's members": record + 32,
      "the record's directory length": record + 40,
      "the record's directory": record + 48,
      "the locator's record": record + 56 + 8,
      "the end's members on this disk": end + 8,
      "the end's members": end + 10,
      "the end's directory length": end + 12,
      "the end's directory": end + 16,
    };
    for (const [field, at] of Object.entries(fields)) {
      const other = withLargeEnd(small);
      other.writeUInt16LE(7, at);
      const { result } = await unpack(other, { format });
      await expect(result, field).rejects.toMatchObject({ code: "HWS_ARCHIVE_CORRUPT" });
    }
  });

  test("a password, as Info-ZIP sets one", async () => {
    const base = await folder();
    writeFileSync(join(base, "f"), "secret");
    run("zip", ["-q", "-P", "password", "a.zip", "f"], base);
    await refused(readFileSync(join(base, "a.zip")), "HWS_ARCHIVE_METHOD");
  });

  test("names and links that Python lets through", async () => {
    const base = await folder();
    const script = `
import zipfile
def make(name, *members):
    with zipfile.ZipFile(name, "w") as z:
        for member, data, mode in members:
            made = zipfile.ZipInfo(member)
            made.external_attr = mode << 16
            z.writestr(made, data)
make("up.zip", ("../../up", "x", 0o100644))
make("through.zip", ("d", "/tmp", 0o120777), ("d/esc", "x", 0o100644))
make("twice.zip", ("a", "1", 0o100644), ("a", "2", 0o100644))
`;
    writeFileSync(join(base, "make.py"), script);
    run("python3", ["-W", "ignore", "make.py"], base);
    const read = (name: string) => readFileSync(join(base, name));
    await refused(read("up.zip"), "HWS_ARCHIVE_PATH");
    await refused(read("through.zip"), "HWS_ARCHIVE_PATH");
    await refused(read("twice.zip"), "HWS_ARCHIVE_DUPLICATE");
  });
});
