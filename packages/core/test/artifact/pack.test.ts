import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Manifest } from "../../src/artifact/manifest.ts";
import { decodeName } from "../../src/artifact/name.ts";
import type { PackedArtifact } from "../../src/artifact/pack.ts";
import { context, folder } from "./fixtures/context.ts";
import { digestOf } from "./fixtures/manifests.ts";
import { created, pack } from "./fixtures/packing.ts";
import { Random } from "./fixtures/random.ts";
import {
  describeTree,
  dir,
  file,
  link,
  makeTree,
  type Node,
  randomTree,
  run,
  type Tree,
} from "./fixtures/tree.ts";

const packed = async (nodes: Iterable<readonly [string, Node]>): Promise<PackedArtifact> => {
  const base = await folder();
  makeTree(join(base, "t"), nodes);
  return await pack(base, "t");
};

const awkward: Tree = new Map<string, Node>([
  ["-rf", file("dash")],
  ["a\nb\\n", file("newline")],
  [" spaces '\"$(x)`", file("quotes")],
  ["esc\x1b[31m*?", file("escape")],
  ["gr\xc3\xb6\xc3\x9fe", file("utf-8")],
  ["not\xff\xfeutf8", file("bytes")],
  ["not\xff\xfedir/in", file("bytes")],
  ["bin/run", file("#!/bin/sh\n", true)],
  ["empty", dir],
  ["nothing", file("")],
  ["n".repeat(99), file("99")],
  ["n".repeat(100), file("100")],
  ["n".repeat(101), file("101")],
  [`${"d".repeat(99)}/`.slice(0, 99), dir],
  ["e".repeat(100), dir],
  [`${"p".repeat(200)}/${"q".repeat(250)}/\xff${"r".repeat(200)}`, file("long", true)],
  ["here", link("bin/run")],
  ["bin/up", link("../not\xff\xfeutf8")],
  ["gone", link("no/where")],
  ["around", link("around")],
  ["l100", link("t".repeat(100))],
  ["l101", link("t".repeat(101))],
  [`link-${"n".repeat(150)}`, link(`${"t".repeat(150)}\xff`)],
  ["large", file(new Random(5).bytes(300_001))],
]);

describe("the canonical tar", () => {
  test("has the same bytes for equal trees, whatever the order, clock, umask, owner and hard links", async () => {
    const base = await folder();
    makeTree(join(base, "one"), awkward);
    const umask = process.umask(0o077);
    makeTree(join(base, "two"), [...awkward].reverse());
    process.umask(umask);
    for (const name of ["-rf", "bin/run", "empty"]) utimesSync(join(base, "two", name), 1, 2);
    chmodSync(join(base, "two/-rf"), 0o4606);
    chmodSync(join(base, "two/empty"), 0o1700);
    chmodSync(join(base, "two/bin/run"), 0o6710);
    if (process.getuid?.() === 0) chownSync(join(base, "two/-rf"), 1234, 4321);
    linkSync(join(base, "one/nothing"), join(base, "one/twin"));
    writeFileSync(join(base, "two/twin"), "");
    const [one, two] = [await pack(base, "one"), await pack(base, "two", { created: 1 })];
    expect(two.digest).toBe(one.digest);
    expect(readFileSync(two.path).equals(readFileSync(one.path))).toBe(true);
    expect(one.digest).toBe(`sha256-${digestOf(readFileSync(one.path))}`);
    expect(one.sizeBytes).toBe(readFileSync(one.path).length);
  });

  test("does not change between versions", async () => {
    const { digest } = await packed([
      ["bin/run", file("#!/bin/sh\n", true)],
      ["b", link("bin")],
      ["n".repeat(120), file("x")],
    ]);
    expect(digest).toBe("sha256-a4b231517def2ecff5aff1aae0d05071d8da0538d17c17734d7a48180816c84c");
  });

  for (const [program, first] of [
    ["tar", []],
    ["busybox", ["tar"]],
  ] as const) {
    test(`is unpacked by ${program} to the same tree`, async () => {
      const base = await folder();
      makeTree(join(base, "t"), awkward);
      const { path } = await pack(base, "t");
      mkdirSync(join(base, "out"));
      run(program, [...first, "-xf", path, "-C", join(base, "out")]);
      expect(describeTree(join(base, "out"))).toEqual(describeTree(join(base, "t")));
    });

    test(`is unpacked by ${program} to the same tree for random trees`, async () => {
      const base = await folder();
      for (let seed = 1; seed <= 15; seed += 1) {
        const tree = `t${seed}`;
        makeTree(join(base, tree), randomTree(new Random(seed), 50));
        const { path } = await pack(base, tree);
        mkdirSync(join(base, `out${seed}`));
        run(program, [...first, "-xf", path, "-C", join(base, `out${seed}`)]);
        expect(describeTree(join(base, `out${seed}`))).toEqual(describeTree(join(base, tree)));
      }
    });
  }

  test("packs to the same digest again after it was unpacked", async () => {
    const base = await folder();
    makeTree(join(base, "t"), awkward);
    const first = await pack(base, "t");
    mkdirSync(join(base, "out"));
    run("tar", ["-xf", first.path, "-C", join(base, "out")]);
    expect((await pack(base, "out")).digest).toBe(first.digest);
  });

  test("holds no owner, name of a user, or time", async () => {
    const base = await folder();
    makeTree(join(base, "t"), [["d/f", file("x")]]);
    const { path } = await pack(base, "t");
    const listed = run("tar", ["--utc", "--numeric-owner", "--full-time", "-tvf", path]).toString();
    for (const line of listed.trim().split("\n")) expect(line).toMatch(/ 0\/0 +\d+ 1970-01-01 00:00:00 /);
  });
});

describe("the manifest of a packed tree", () => {
  test("has every path with mode, size and digest, and reads back as its own text", async () => {
    const { manifest } = await packed(awkward);
    for (const [raw, node] of awkward) {
      const found = manifest.entries.find(({ name }) => decodeName(name).toString("latin1") === raw);
      if (node.type === "dir")
        expect(found).toMatchObject({ mode: "dir", sizeBytes: 0, sha256: "-", mtime: 0 });
      else if (node.type === "link") {
        const target = Buffer.from(node.target, "latin1");
        expect(found).toMatchObject({
          mode: "link",
          sizeBytes: target.length,
          sha256: digestOf(target),
          mtime: 0,
        });
      } else {
        const { bytes, executable } = node;
        const mode = executable ? "755" : "644";
        expect(found).toMatchObject({
          mode,
          sizeBytes: bytes.length,
          sha256: digestOf(bytes),
          mtime: created,
        });
      }
    }
    expect(Manifest.parse(manifest.bytes).digest).toBe(manifest.digest);
  });

  test("keeps the mtime of a previous entry with the same mode, size and digest, else has the creation time", async () => {
    const base = await folder();
    makeTree(join(base, "t"), [
      ["same", file("1")],
      ["edited", file("1")],
      ["mode", file("1")],
    ]);
    const first = await pack(base, "t", { created: 10 });
    makeTree(join(base, "t"), [
      ["edited", file("2")],
      ["mode", file("1", true)],
      ["new", file("1")],
    ]);
    const second = await pack(base, "t", { created: 20, previous: first.manifest });
    const third = await pack(base, "t", { created: 30, previous: second.manifest });
    const times = Object.fromEntries(third.manifest.entries.map(({ name, mtime }) => [name, mtime]));
    expect(times).toEqual({ same: 10, edited: 20, mode: 20, new: 20 });
    expect(third.manifest.digest).toBe(second.manifest.digest);
    expect(third.digest).toBe(second.digest);
  });
});

test("a tree that cannot be read is the file system's own error, and leaves nothing behind", async () => {
  const base = await folder();
  await expect(pack(base, "t")).rejects.toMatchObject({ code: "ENOENT" });
  expect(readdirSync(base)).toEqual([]);
});

test("progress ends at the bytes of all files", async () => {
  const base = await folder();
  makeTree(join(base, "t"), [
    ["a", file("123")],
    ["b", file("45")],
    ["l", link("a")],
  ]);
  const seen: unknown[] = [];
  await pack(base, "t", {}, { ...context(), progress: (progress) => seen.push(progress) });
  expect(seen.at(-1)).toEqual({ bytes: 5, total: 5 });
});
