import {
  chmodSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PackedBefore } from "../../src/artifact/known-files.ts";
import { type PackedArtifact, packTree } from "../../src/artifact/pack.ts";
import { statLine } from "../../src/artifact/stat-line.ts";
import { scanTree } from "../../src/artifact/tree-scan.ts";
import { context, folder } from "./fixtures/context.ts";
import { Random } from "./fixtures/random.ts";
import { dir, file, link, makeTree, randomTree } from "./fixtures/tree.ts";

const statsOf = async (directory: string): Promise<Map<string, string>> =>
  new Map((await scanTree(directory, context().signal)).map(({ key, stats }) => [key, statLine(stats)]));

const pack = async (directory: string, before?: PackedBefore): Promise<PackedArtifact> =>
  await packTree(
    { directory, output: join(await folder(), "out.tar"), created: 7, ...(before && { before }) },
    context(),
  );

const beforeOf = async (directory: string, packed: PackedArtifact): Promise<PackedBefore> => ({
  stats: await statsOf(directory),
  manifest: packed.manifest,
  digest: packed.digest,
  tar: packed.path,
});

const sample = async () => {
  const tree = join(await folder(), "t");
  makeTree(tree, [
    ["a", file("one")],
    ["big", file("x".repeat(300_000))],
    ["bin/run", file("#!/bin/sh\n", true)],
    ["empty", dir],
    ["here", link("a")],
    [`${"p".repeat(200)}/${"q".repeat(250)}`, file("long")],
    ["z", file("last")],
  ]);
  const packed = await pack(tree);
  return { tree, packed, before: await beforeOf(tree, packed) };
};

/** Packs a changed tree both ways and compares. */
const counted = async (before: PackedBefore, changes: (tree: string) => void, tree: string) => {
  changes(tree);
  const known = await pack(tree, before);
  const read = await pack(tree);
  expect(known.digest).toBe(read.digest);
  expect(known.manifest.digest).toBe(read.manifest.digest);
  expect(readFileSync(known.path).equals(readFileSync(read.path))).toBe(true);
};

test("a tree packed with what is known of it gives the bytes of one that is read", async () => {
  const changes: ((tree: string) => void)[] = [
    () => {},
    (tree) => writeFileSync(join(tree, "a"), "two"),
    (tree) => writeFileSync(join(tree, "0-first"), "new"),
    (tree) => writeFileSync(join(tree, "zz"), "new"),
    (tree) => rmSync(join(tree, "big")),
    (tree) => chmodSync(join(tree, "a"), 0o755),
    (tree) => renameSync(join(tree, "z"), join(tree, "empty/z")),
    (tree) => {
      rmSync(join(tree, "here"));
      symlinkSync("z", join(tree, "here"));
    },
    (tree) => {
      rmSync(join(tree, "empty"), { recursive: true });
      writeFileSync(join(tree, "empty"), "now a file");
    },
    (tree) => {
      for (const name of ["a", "big", "here", "z"]) rmSync(join(tree, name));
    },
  ];
  for (const change of changes) {
    const { tree, before } = await sample();
    await counted(before, change, tree);
  }
});

test("random trees after random changes give the same bytes either way", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = new Random(seed);
    const tree = join(await folder(), "t");
    makeTree(tree, [...randomTree(random, 80), ["always", file("there")]]);
    const packed = await pack(tree);
    const before = await beforeOf(tree, packed);
    const files = (await scanTree(tree, context().signal)).filter(
      ({ mode }) => mode === "644" || mode === "755",
    );
    await counted(
      before,
      () => {
        for (const [index, { path }] of files.entries())
          if (index % 3 === seed % 3) writeFileSync(path, `changed ${seed}`);
          else if (index % 7 === 6) rmSync(path);
      },
      tree,
    );
  }
});

test("a file that did not change is not read", async () => {
  const { tree, packed, before } = await sample();
  const { atimeMs } = lstatSync(join(tree, "big"));
  // The bytes differ and the noted stat is the one after it: only a reader of the file could tell.
  writeFileSync(join(tree, "big"), "y".repeat(300_000));
  const trusting = { ...before, stats: await statsOf(tree) };
  expect((await pack(tree, trusting)).digest).toBe(packed.digest);
  utimesSync(join(tree, "big"), atimeMs / 1000, atimeMs / 1000);
  expect((await pack(tree, trusting)).digest).not.toBe(packed.digest);
});

test("a tar that was damaged, cut or lost since is not built on: the tree is read", async () => {
  const damages: ((tar: string) => void)[] = [
    (tar) => {
      const bytes = readFileSync(tar);
      bytes[bytes.length - 2000] = (bytes[bytes.length - 2000] ?? 0) ^ 1;
      writeFileSync(tar, bytes);
    },
    (tar) => writeFileSync(tar, readFileSync(tar).subarray(0, 100_000)),
    (tar) => writeFileSync(tar, ""),
    (tar) => rmSync(tar),
  ];
  for (const damage of damages) {
    const { tree, before, packed } = await sample();
    damage(before.tar);
    expect((await pack(tree, before)).digest).toBe(packed.digest);
  }
});
