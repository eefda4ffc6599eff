import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packTree } from "../../src/artifact/pack.ts";
import { KeptTree } from "../../src/steps/kept-tree.ts";
import { context, folder } from "../artifact/fixtures/context.ts";

const { signal } = new AbortController();
const revision = { id: "r1", exact: true };

/** A place that keeps the tree of an earlier run. */
const kept = async (key = "source") => {
  const base = await folder();
  const place = join(base, "kept");
  const first = new KeptTree(place, scratch(base, "one"), key);
  await first.clear();
  mkdirSync(join(first.tree, "src"), { recursive: true });
  writeFileSync(join(first.tree, "src/a.txt"), "as fetched");
  symlinkSync("src/a.txt", join(first.tree, "link"));
  await first.mark(revision, undefined, signal);
  await KeptTree.keep(place, join(base, "one"));
  return {
    base,
    place,
    tree: join(place, "tree"),
    next: (name: string) => new KeptTree(place, scratch(base, name), "source"),
  };
};

const scratch = (base: string, name: string): string => {
  mkdirSync(join(base, name));
  return join(base, name);
};

test("a tree that nobody touched is handed on with its revision, and to one run alone", async () => {
  const { next } = await kept();
  const second = next("two");
  expect(await second.take(signal)).toEqual(revision);
  expect(existsSync(join(second.tree, "src/a.txt"))).toBe(true);
  expect(await next("three").take(signal)).toBeUndefined();
});

test("a tree in which a file was changed without a trace in size and time is not believed", async () => {
  const { tree, next } = await kept();
  writeFileSync(join(tree, "src/a.txt"), "AS FETCHED");
  utimesSync(join(tree, "src/a.txt"), new Date(0), new Date(0));
  expect(await next("two").take(signal)).toBeUndefined();
});

test("a tree with a path more, a path less or another link is not believed", async () => {
  const changes: ((tree: string) => void)[] = [
    (tree) => writeFileSync(join(tree, "extra"), ""),
    (tree) => mkdirSync(join(tree, "folder")),
    (tree) => rmSync(join(tree, "src/a.txt")),
    (tree) => renameSync(join(tree, "src/a.txt"), join(tree, "src/b.txt")),
    (tree) => {
      rmSync(join(tree, "link"));
      symlinkSync("/etc", join(tree, "link"));
    },
  ];
  for (const change of changes) {
    const { tree, next } = await kept();
    change(tree);
    expect(await next("two").take(signal)).toBeUndefined();
  }
});

test("a tree of another source, or one whose mark is damaged or missing, is not believed", async () => {
  expect(await (await kept("another")).next("two").take(signal)).toBeUndefined();
  for (const mark of ["", "{", "null", '{"key":"source"}']) {
    const { place, next } = await kept();
    writeFileSync(join(place, "mark"), mark);
    expect(await next("two").take(signal)).toBeUndefined();
  }
  const { place, next } = await kept();
  rmSync(join(place, "mark"));
  expect(await next("two").take(signal)).toBeUndefined();
});

test("a run that marked nothing leaves nothing to keep", async () => {
  const base = await folder();
  const run = new KeptTree(join(base, "tree"), scratch(base, "one"), "source");
  await run.clear();
  await KeptTree.keep(join(base, "tree"), join(base, "one"));
  expect(readdirSync(base)).toEqual(["one"]);
});

test("what an update touched is looked at again, and the folders above it; the rest is believed", async () => {
  const { base, place, next } = await kept();
  const second = next("two");
  await second.take(signal);
  writeFileSync(join(second.tree, "src/b.txt"), "new");
  rmSync(join(second.tree, "link"));
  await second.mark({ id: "r2", exact: true }, ["src/b.txt", "link"], signal);
  await KeptTree.keep(place, join(base, "two"));
  expect(await next("three").take(signal)).toEqual({ id: "r2", exact: true });
});

test("an update that touched more than it said is not believed the next time", async () => {
  const { base, place, next } = await kept();
  const second = next("two");
  await second.take(signal);
  writeFileSync(join(second.tree, "src/a.txt"), "changed");
  await second.mark({ id: "r2", exact: true }, [], signal);
  await KeptTree.keep(place, join(base, "two"));
  expect(await next("three").take(signal)).toBeUndefined();
});

test("what was packed is known again only of a tree that was taken, and by the manifest it names", async () => {
  const { base, place, next } = await kept();
  const second = next("two");
  await second.take(signal);
  const packed = await packTree(
    { directory: second.tree, output: join(base, "out.tar"), created: 1 },
    context(),
  );
  await second.packed(packed);
  await KeptTree.keep(place, join(base, "two"));
  const third = next("three");
  expect(await third.before(base, undefined)).toBeUndefined();
  await third.take(signal);
  const before = await third.before(base, undefined);
  expect(before).toMatchObject({ digest: packed.digest, tar: join(base, `${packed.digest}.tar`) });
  expect(before?.manifest.digest).toBe(packed.manifest.digest);
  writeFileSync(join(third.tree, "../manifest"), "another");
  expect(await third.before(base, undefined)).toBeUndefined();
  expect((await third.before(base, packed.manifest))?.manifest).toBe(packed.manifest);
});
