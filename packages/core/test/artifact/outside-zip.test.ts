import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder } from "./fixtures/context.ts";
import { deflated, descriptor, rawZip, zipLink, zipOf } from "./fixtures/hostile-zip.ts";
import { Random } from "./fixtures/random.ts";
import { describeTree, dir, file, link, makeTree, randomTree, run } from "./fixtures/tree.ts";
import { unpack } from "./fixtures/unpacking.ts";

const format = "zip" as const;

/** The tree that Hawser makes of a zip, and that of Info-ZIP's unzip. */
const both = async (bytes: Buffer) => {
  const base = await folder();
  writeFileSync(join(base, "a.zip"), bytes);
  run("unzip", ["-q", "a.zip", "-d", "theirs"], base);
  const { directory, result } = await unpack(bytes, { format });
  await result;
  return { ours: describeTree(directory), theirs: describeTree(join(base, "theirs")) };
};

const tree = [
  ["-rf", file("dash")],
  ["--checkpoint-action=exec=sh x", file("dash")],
  ["deep/er/run.sh", file("#!/bin/sh\n", true)],
  ["empty", dir],
  [`${"long".repeat(40)}/${"name".repeat(40)}`, file(Buffer.alloc(200_000, 7))],
  ["here", link("deep/er")],
  ["deep/up", link("../deep/er/run.sh")],
  ["gone", link("no/where")],
] as const;

/** A tree with names beyond ASCII, zipped by Python, which marks them as UTF-8. */
const pythonZip = async (script: string): Promise<Buffer> => {
  const base = await folder();
  writeFileSync(join(base, "make.py"), `import io, sys, zipfile\n${script}`);
  run("python3", ["make.py"], base);
  return readFileSync(join(base, "a.zip"));
};

describe("a zip from outside is unpacked", () => {
  test.each([
    ["as Info-ZIP wrote it", ["-q", "-r", "-y", "../a.zip", "."]],
    ["as Info-ZIP wrote it, stored", ["-q", "-0", "-r", "-y", "../a.zip", "."]],
  ])("%s", async (_, argv) => {
    const base = await folder();
    makeTree(join(base, "t"), tree);
    run("zip", argv, join(base, "t"));
    const { ours, theirs } = await both(readFileSync(join(base, "a.zip")));
    expect(ours).toEqual(theirs);
    expect(ours).toEqual(describeTree(join(base, "t")));
  });

  test("as Info-ZIP wrote it to a pipe, with sizes behind the data", async () => {
    const base = await folder();
    // It cannot write links there.
    makeTree(
      join(base, "t"),
      tree.filter(([, { type }]) => type !== "link"),
    );
    const { ours, theirs } = await both(run("sh", ["-c", "zip -q -r - . | cat"], join(base, "t")));
    expect(ours).toEqual(theirs);
    expect(ours).toEqual(describeTree(join(base, "t")));
  });

  test("as git archive wrote it, with a comment", async () => {
    const base = await folder();
    const git = (...argv: readonly string[]) =>
      run("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...argv], join(base, "t"));
    makeTree(join(base, "t"), [...tree.filter(([name]) => name !== "empty"), ["caf\xc3\xa9", file("utf-8")]]);
    git("init", "-q");
    git("add", "-A");
    git("commit", "-q", "-m", "all");
    const { ours, theirs } = await both(git("archive", "--format=zip", "HEAD"));
    expect(ours).toEqual(theirs);
    expect(ours.join("\n")).toContain("caf\xc3\xa9");
  });

  test("as Python wrote it, with Unicode, an empty directory and sizes that need more bits", async () => {
    const bytes = await pythonZip(`
def info(name, mode):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made
with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr(info("caf\\u00e9/\\u65e5\\u672c.txt", 0o100644), "x" * 1000)
    z.writestr(info("empty/", 0o40755), "")
    z.writestr(info("caf\\u00e9/link", 0o120777), "\\u65e5\\u672c.txt")
    with z.open(info("large", 0o100755), "w", force_zip64=True) as f: f.write(b"y" * 100000)
`);
    const { ours, theirs } = await both(bytes);
    expect(ours).toEqual(theirs);
    expect(ours).toHaveLength(5);
  });

  test("as Python wrote it to a stream, with more members than fit into the old end record", async () => {
    const bytes = await pythonZip(`
class Pipe(io.RawIOBase):
    def __init__(self): self.f = open("a.zip", "wb")
    def writable(self): return True
    def write(self, b): return self.f.write(b)
    def close(self): self.f.close()
with zipfile.ZipFile(Pipe(), "w") as z:
    for i in range(66000): z.writestr(str(i), str(i))
    z.writestr("top/last", "last")
`);
    // Those at the top are read and dropped.
    const { directory, result } = await unpack(bytes, { format, stripComponents: 1 });
    await result;
    expect(describeTree(directory)).toHaveLength(1);
    expect(readFileSync(join(directory, "last"), "utf8")).toBe("last");
  });

  test("with a large member, a chunk at a time", async () => {
    const base = await folder();
    const random = new Random(5);
    const noise = random.bytes(1 << 20);
    writeFileSync(join(base, "large"), Buffer.concat(Array.from({ length: 60 }, () => noise)));
    run("zip", ["-q", "-1", "a.zip", "large"], base);
    const { directory, result } = await unpack(readFileSync(join(base, "a.zip")), { format });
    await result;
    expect(run("cmp", [join(base, "large"), join(directory, "large")]).toString()).toBe("");
  });

  test("from members written by hand, stored, deflated and with each form of a descriptor", async () => {
    const streamed = { flags: 8 };
    const local = { crc32: 0, packedBytes: 0, sizeBytes: 0 };
    const { directory, result } = await unpack(
      rawZip({
        members: [
          { name: "stored", data: "1" },
          deflated("deflated", "2".repeat(1000)),
          { name: "a", data: "3", fields: streamed, local, descriptor: descriptor("3") },
          { name: "b", data: "4", fields: streamed, local, descriptor: descriptor("4", { signed: false }) },
          { name: "c", data: "5", fields: streamed, local, descriptor: descriptor("5", { large: true }) },
          zipLink("link", "stored"),
        ],
        comment: Buffer.from("a comment"),
      }),
      { format },
    );
    await result;
    const read = (name: string) => readFileSync(join(directory, name), "utf8");
    expect(["stored", "a", "b", "c", "link"].map(read)).toEqual(["1", "3", "4", "5", "1"]);
    expect(read("deflated")).toBe("2".repeat(1000));
  });

  test("without its leading components", async () => {
    const { directory, result } = await unpack(
      zipOf({ name: "archive/a/f", data: "x" }, { name: "readme" }),
      {
        format,
        stripComponents: 1,
      },
    );
    await result;
    expect(readFileSync(join(directory, "a/f"), "utf8")).toBe("x");
    expect(existsSync(join(directory, "readme"))).toBe(false);
  });

  test("without special bits; what another system than Unix made is not executable", async () => {
    const { directory, result } = await unpack(
      zipOf(
        { name: "suid", mode: 0o106777 },
        { name: "group", mode: 0o100654 },
        { name: "windows", mode: 0o100777, system: 0 },
        { name: "open/", mode: 0o041777 },
      ),
      { format },
    );
    await result;
    const modeOf = (name: string) => (statSync(join(directory, name)).mode & 0o7777).toString(8);
    expect(["suid", "group", "windows", "open"].map(modeOf)).toEqual(["755", "644", "644", "755"]);
  });

  test("as unzip reads it, for random trees", async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const base = await folder();
      // Names beyond ASCII, which this zip does not mark, and ones that unzip takes in its own way, are left out.
      const plain = [...randomTree(new Random(seed), 40)].filter(([name]) => /^[\w./ -]+$/.test(name));
      makeTree(join(base, "t"), [...plain, ["one", file("1")]]);
      run("zip", ["-q", "-r", "-y", "../a.zip", "."], join(base, "t"));
      const { ours, theirs } = await both(readFileSync(join(base, "a.zip")));
      expect(ours).toEqual(theirs);
    }
  });
});
