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
import { KeptTree } from "../../src/steps/kept-tree.ts";
import { folder } from "../artifact/fixtures/context.ts";

const { signal } = new AbortController();
const revision = { id: "r1", exact: true };

/** A place that keeps the tree of an earlier run. */
const kept = async (key = "source") => {
  const base = await folder();
  const place = join(base, "tree");
  const first = new KeptTree(place, scratch(base, "one"), key);
  mkdirSync(join(first.tree, "src"), { recursive: true });
  writeFileSync(join(first.tree, "src/a.txt"), "as fetched");
  symlinkSync("src/a.txt", join(first.tree, "link"));
  await later();
  await first.mark(revision, signal);
  await KeptTree.keep(place, join(base, "one"));
  return { base, place, next: (name: string) => new KeptTree(place, scratch(base, name), "source") };
};

const scratch = (base: string, name: string): string => {
  mkdirSync(join(base, name));
  return join(base, name);
};

/** The clock of the file system moves in steps; what is written in the step of the mark is not believed. */
const later = () => new Promise((resolve) => setTimeout(resolve, 30));

test("a tree that nobody touched is handed on with its revision, and to one run alone", async () => {
  const { next } = await kept();
  const second = next("two");
  expect(await second.take(signal)).toEqual(revision);
  expect(existsSync(join(second.tree, "src/a.txt"))).toBe(true);
  expect(await next("three").take(signal)).toBeUndefined();
});

test("a tree in which a file was changed without a trace in size and time is not believed", async () => {
  const { place, next } = await kept();
  writeFileSync(join(place, "src/a.txt"), "AS FETCHED");
  utimesSync(join(place, "src/a.txt"), new Date(0), new Date(0));
  expect(await next("two").take(signal)).toBeUndefined();
});

test("a tree with a path more, a path less or another link is not believed", async () => {
  const changes: ((place: string) => void)[] = [
    (place) => writeFileSync(join(place, "extra"), ""),
    (place) => mkdirSync(join(place, "folder")),
    (place) => rmSync(join(place, "src/a.txt")),
    (place) => renameSync(join(place, "src/a.txt"), join(place, "src/b.txt")),
    (place) => {
      rmSync(join(place, "link"));
      symlinkSync("/etc", join(place, "link"));
    },
  ];
  for (const change of changes) {
    const { place, next } = await kept();
    change(place);
    expect(await next("two").take(signal)).toBeUndefined();
  }
});

test("a tree of another source, or one whose mark is damaged or missing, is not believed", async () => {
  expect(await (await kept("another")).next("two").take(signal)).toBeUndefined();
  for (const mark of ["", "{", "null", '{"key":"source"}']) {
    const { place, next } = await kept();
    writeFileSync(`${place}.mark`, mark);
    expect(await next("two").take(signal)).toBeUndefined();
  }
  const { place, next } = await kept();
  rmSync(`${place}.mark`);
  expect(await next("two").take(signal)).toBeUndefined();
});

test("a run that marked nothing leaves nothing to keep", async () => {
  const base = await folder();
  const run = new KeptTree(join(base, "tree"), scratch(base, "one"), "source");
  mkdirSync(run.tree);
  await KeptTree.keep(join(base, "tree"), join(base, "one"));
  expect(readdirSync(base)).toEqual(["one"]);
});
