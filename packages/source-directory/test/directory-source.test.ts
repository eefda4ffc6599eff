import { execFileSync } from "node:child_process";
import { utimesSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Source } from "@hawser/core/plugin";
import { operationContext, pluginContext, readTree, testDirectory } from "@hawser/testkit";
import { expect, test } from "vitest";
import plugin from "../src/index.ts";

const open = async (path: string, exclude?: readonly string[]): Promise<Source> =>
  await plugin.create({ path, ...(exclude && { exclude }) }, pluginContext());

const fetched = async (source: Source): Promise<string> => {
  const context = operationContext();
  const directory = testDirectory();
  await source.fetch?.({ revision: await source.resolve({}, context), directory }, context);
  return directory;
};

const write = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
};

test("a revision is inexact and named by the listing", async () => {
  const path = testDirectory();
  await write(path, { a: "1" });
  const revision = await (await open(path)).resolve({}, operationContext());
  expect(revision).toMatchObject({ exact: false, url: `file://${path}` });
  expect(revision.id).toMatch(/^listing-[0-9a-f]{64}$/);
});

test("modes, empty directories and links arrive as they are, and links are not followed", async () => {
  const path = testDirectory();
  const outside = testDirectory();
  await write(outside, { secret: "outside" });
  await write(path, { "bin/run": "#!/bin/sh\n", "etc/closed": "c" });
  await chmod(join(path, "bin/run"), 0o755);
  await chmod(join(path, "etc/closed"), 0o640);
  await mkdir(join(path, "empty"));
  await symlink("bin/run", join(path, "run"));
  await symlink(outside, join(path, "out"));
  await symlink("nowhere", join(path, "dangling"));
  await chmod(join(path, "etc"), 0o555);
  const tree = await fetched(await open(path));
  expect((await lstat(join(tree, "bin/run"))).mode & 0o777).toBe(0o755);
  expect((await lstat(join(tree, "etc/closed"))).mode & 0o777).toBe(0o640);
  expect((await lstat(join(tree, "etc"))).mode & 0o777).toBe(0o555);
  expect(await readdir(join(tree, "empty"))).toEqual([]);
  expect(await readlink(join(tree, "run"))).toBe("bin/run");
  expect(await readlink(join(tree, "out"))).toBe(outside);
  expect(await readlink(join(tree, "dangling"))).toBe("nowhere");
  await chmod(join(tree, "etc"), 0o755);
  await chmod(join(path, "etc"), 0o755);
});

test("version control's and Hawser's own folders are left out at any depth", async () => {
  const path = testDirectory();
  await write(path, {
    ".git/HEAD": "",
    "sub/.git": "gitdir: elsewhere",
    ".svn/entries": "",
    "a/.hg/x": "",
    ".hawser/state": "",
    ".gitignore": "kept",
  });
  expect(await readTree(await fetched(await open(path)))).toEqual({ ".gitignore": "kept" });
});

test.each([
  [["node_modules"], ["a/node_modules/x", "keep", "src/app.js", "src/app.test.js"]],
  [["**/node_modules"], ["keep", "src/app.js", "src/app.test.js"]],
  [
    ["src/*.test.js", "keep/"],
    ["a/node_modules/x", "node_modules/y", "src/app.js"],
  ],
  [["src/**"], ["a/node_modules/x", "keep", "node_modules/y"]],
  [
    ["**/ap?.js", "**/node_modules/**"],
    ["keep", "src/app.test.js"],
  ],
  [
    ["s.c", "[a-z]*", "(keep)"],
    ["a/node_modules/x", "keep", "node_modules/y", "src/app.js", "src/app.test.js"],
  ],
])("exclude %j leaves %j", async (exclude, left) => {
  const path = testDirectory();
  const all = ["a/node_modules/x", "keep", "node_modules/y", "src/app.js", "src/app.test.js"];
  await write(path, Object.fromEntries(all.map((name) => [name, ""])));
  expect(Object.keys(await readTree(await fetched(await open(path, exclude))))).toEqual(left);
});

test.each(["/absolute", "../above", "a//b", "./a", ""])(
  "the exclude pattern %j is refused",
  async (pattern) => {
    await expect(open(testDirectory(), [pattern])).rejects.toMatchObject({ code: "HWS_DIRECTORY_PATTERN" });
  },
);

test("a file that is rewritten while it is copied is a moved source", async () => {
  const path = testDirectory();
  await write(path, Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, "same"])));
  const source = await open(path);
  const revision = await source.resolve({}, operationContext());
  const context = operationContext({
    progress: () => utimesSync(join(path, "f0"), 1, 1),
  });
  await expect(source.fetch?.({ revision, directory: testDirectory() }, context)).rejects.toMatchObject({
    code: "HWS_SOURCE_MOVED",
  });
});

test("a change of nothing but a mode is another revision", async () => {
  const path = testDirectory();
  await write(path, { run: "" });
  const source = await open(path);
  const before = await source.resolve({}, operationContext());
  await chmod(join(path, "run"), 0o755);
  expect((await source.resolve({}, operationContext())).id).not.toBe(before.id);
});

test("hostile names arrive unchanged", async () => {
  const path = testDirectory();
  const names = [
    "-rf",
    "a\nb",
    'quote"s',
    "it's",
    "$(id)",
    "\u00fcml\u00e4ut",
    "\u{1f680}",
    " space ",
    "back\\slash",
  ];
  await write(path, Object.fromEntries(names.map((name) => [name, name])));
  const tree = await fetched(await open(path));
  expect((await readdir(tree)).sort()).toEqual([...names].sort());
  for (const name of names) expect(await readFile(join(tree, name), "utf8")).toBe(name);
});

test("a pipe is refused by name", async () => {
  const path = testDirectory();
  execFileSync("mkfifo", [join(path, "queue")]);
  await expect((await open(path)).resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_DIRECTORY_SPECIAL",
    message: expect.stringContaining("queue"),
  });
});

test("a missing directory is a problem that names it, and an error when it is resolved", async () => {
  const path = join(testDirectory(), "absent");
  const source = await open(path);
  expect(await source.check?.(operationContext())).toMatchObject([
    { code: "HWS_DIRECTORY_NOT_FOUND", where: "source" },
  ]);
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_DIRECTORY_NOT_FOUND",
  });
});

test("progress ends at the total", async () => {
  const path = testDirectory();
  await write(path, { a: "12345", b: "123" });
  const source = await open(path);
  const context = operationContext();
  await source.fetch?.({ revision: await source.resolve({}, context), directory: testDirectory() }, context);
  expect(context.reports.at(-1)).toEqual({ bytes: 8, total: 8 });
});
