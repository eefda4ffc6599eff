import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { unpackArchive } from "../../src/artifact/outside-archive.ts";
import { context, folder } from "./fixtures/context.ts";
import { pax, tarOf } from "./fixtures/hostile-tar.ts";
import { Random } from "./fixtures/random.ts";
import { describeTree, dir, file, link, makeTree, randomTree, run } from "./fixtures/tree.ts";
import { expectRefused, good, unpack } from "./fixtures/unpacking.ts";

describe("an archive from outside is unpacked", () => {
  const tree = [
    ["-rf", file("dash")],
    ["--checkpoint-action=exec=sh x", file("dash")],
    ["a\nb", file("newline")],
    ["esc\x1b[31m", file("escape")],
    ["caf\xc3\xa9", file("utf-8")],
    ["deep/er/run.sh", file("#!/bin/sh\n", true)],
    ["empty", dir],
    [`${"long".repeat(40)}/${"name".repeat(40)}`, file(Buffer.alloc(200_000, 7))],
    ["here", link("deep/er")],
    ["deep/up", link("../deep/er/run.sh")],
    ["gone", link("no/where")],
    ["deep/longlink", link(`${"x".repeat(150)}/y`)],
  ] as const;

  for (const format of ["gnu", "posix"]) {
    test(`as GNU tar wrote it in the format ${format}`, async () => {
      const base = await folder();
      makeTree(join(base, "t"), tree);
      const bytes = run("tar", ["-C", join(base, "t"), `--format=${format}`, "-cf", "-", "."]);
      const { directory, result } = await unpack(bytes);
      await result;
      expect(describeTree(directory)).toEqual(describeTree(join(base, "t")));
    });
  }

  for (const format of ["ustar", "v7"]) {
    test(`as GNU tar wrote it in the old format ${format}`, async () => {
      const base = await folder();
      makeTree(join(base, "t"), [
        ["deep/run.sh", file("x", true)],
        ["here", link("deep")],
        ["empty", dir],
      ]);
      const bytes = run("tar", ["-C", join(base, "t"), `--format=${format}`, "-cf", "-", "."]);
      const { directory, result } = await unpack(bytes);
      await result;
      expect(describeTree(directory)).toEqual(describeTree(join(base, "t")));
    });
  }

  test("as busybox tar wrote it, compressed by gzip", async () => {
    const base = await folder();
    makeTree(join(base, "t"), tree);
    const bytes = run("busybox", ["tar", "-C", join(base, "t"), "-czf", "-", "."]);
    const { directory, result } = await unpack(bytes, { format: "tar.gz" });
    await result;
    expect(describeTree(directory)).toEqual(describeTree(join(base, "t")));
  });

  test("compressed by zstd", async () => {
    const base = await folder();
    makeTree(join(base, "t"), tree);
    run("tar", ["-C", join(base, "t"), "-cf", join(base, "a.tar"), "."]);
    run("zstd", ["-q", "a.tar"], base);
    const { directory, result } = await unpack(readFileSync(join(base, "a.tar.zst")), { format: "tar.zst" });
    await result;
    expect(describeTree(directory)).toEqual(describeTree(join(base, "t")));
  });

  test("without its leading components, which may drop members whole", async () => {
    const bytes = tarOf({ name: "top", type: "5" }, { name: "top/a/f", data: "x" }, { name: "readme" });
    const { directory, result } = await unpack(bytes, { stripComponents: 1 });
    await result;
    expect(describeTree(directory).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "644 a/f",
      "dir a",
    ]);
  });

  test("refusing what dropping leading components makes one, reserved or a drive", async () => {
    await expectRefused(tarOf({ name: "a/f" }, { name: "b/f" }), "HWS_ARCHIVE_DUPLICATE", {
      stripComponents: 1,
    });
    await expectRefused(tarOf({ name: "a/.git/f" }), "HWS_ARCHIVE_RESERVED", { stripComponents: 1 });
    await expectRefused(tarOf({ name: "a/C:f" }), "HWS_ARCHIVE_PATH", { stripComponents: 1 });
  });

  test("without special bits, owners or extended attributes", async () => {
    const bytes = tarOf(
      pax({ "SCHILY.xattr.security.capability": "x", uid: "0" }),
      { name: "suid", mode: 0o6777, uid: 1234 },
      { name: "plain", mode: 0o666 },
      { name: "group", mode: 0o654 },
      { name: "open", type: "5", mode: 0o1777 },
    );
    const { directory, result } = await unpack(bytes);
    await result;
    const modeOf = (name: string) => (statSync(join(directory, name)).mode & 0o7777).toString(8);
    expect(["suid", "plain", "group", "open"].map(modeOf)).toEqual(["755", "644", "644", "755"]);
    expect(statSync(join(directory, "suid")).uid).toBe(process.getuid?.());
  });

  test("with directories named twice, or after what they hold", async () => {
    const { directory, result } = await unpack(
      tarOf({ name: "d/f" }, { name: "d/", type: "5" }, { name: "d/", type: "5" }),
    );
    await result;
    expect(existsSync(join(directory, "d/f"))).toBe(true);
  });

  test("byte for byte like GNU tar reads it, for random trees", async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const base = await folder();
      makeTree(join(base, "t"), randomTree(new Random(seed), 40));
      const bytes = run("tar", [
        "-C",
        join(base, "t"),
        seed % 2 === 0 ? "--format=gnu" : "--format=posix",
        "-cf",
        "-",
        ".",
      ]);
      const { directory, result } = await unpack(bytes);
      await result;
      expect(describeTree(directory)).toEqual(describeTree(join(base, "t")));
    }
  });
});

test("a directory that is not empty is refused and left as it is", async () => {
  const base = await folder();
  writeFileSync(join(base, "mine"), "mine");
  const stream = Readable.from([tarOf(good)], { objectMode: false });
  const result = unpackArchive({ archive: { stream, format: "tar" }, directory: base }, context());
  await expect(result).rejects.toMatchObject({ code: "HWS_ARCHIVE_DIRECTORY" });
  expect(readdirSync(base)).toEqual(["mine"]);
  expect(stream.destroyed).toBe(true);
});

for (const format of ["tar", "tar.gz", "tar.zst"] as const) {
  test(`an abort while the stream of a ${format} is silent ends at once and leaves nothing behind`, async () => {
    const base = await folder();
    writeFileSync(join(base, "a.tar"), tarOf(good, { name: "big", data: new Random(3).bytes(300_000) }));
    run("gzip", ["-k", "a.tar"], base);
    run("zstd", ["-q", "a.tar"], base);
    const bytes = readFileSync(join(base, format.replace("tar", "a.tar")));
    const abort = new AbortController();
    const silent = new Readable({ read: () => {} });
    silent.push(bytes.subarray(0, 200_000));
    const { directory, result } = await unpack(silent, { format, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("given up")), 200);
    await expect(result).rejects.toThrow("given up");
    expect(readdirSync(directory)).toEqual([]);
    expect(silent.destroyed).toBe(true);
  });

  test(`the error of the stream of a ${format} is passed on`, async () => {
    const failing = new Readable({ read: () => {} });
    failing.push(Buffer.alloc(10));
    const { result } = await unpack(failing, { format });
    failing.destroy(new Error("the line is down"));
    await expect(result).rejects.toThrow("the line is down");
  });
}
