import { execFileSync } from "node:child_process";
import { chmod, lstat, readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createRepository,
  type GitRepository,
  operationContext,
  readTree,
  testDirectory,
} from "@hawser/testkit";
import { expect, test } from "vitest";
import type { GitSourceOptions } from "../src/index.ts";
import { countingContext, makeSource } from "./trial.ts";

const repositoryIn = (folder: string): Promise<GitRepository> => createRepository(join(folder, "shop"));

const fetchHead = async (url: string, more: Partial<GitSourceOptions> = {}): Promise<string> => {
  const context = operationContext();
  const source = await makeSource({ url, ...more });
  const directory = testDirectory();
  await source.fetch?.({ revision: await source.resolve({}, context), directory }, context);
  return directory;
};

/** Commits a tree that git itself would not make: lines of `mktree`. */
const commitCrafted = async (repository: GitRepository, lines: readonly string[]): Promise<void> => {
  const options = { cwd: repository.directory, input: `${lines.join("\0")}\0` };
  const tree = execFileSync("git", ["mktree", "-z"], options).toString().trim();
  const id = await repository.git("commit-tree", tree, "-m", "crafted");
  await repository.git("update-ref", "refs/heads/main", id);
};

const blobOf = (repository: GitRepository, text: string): string =>
  execFileSync("git", ["hash-object", "-w", "--stdin"], { cwd: repository.directory, input: text })
    .toString()
    .trim();

test("filters, ident, line ends, export-ignore and export-subst of the repository are not applied", async () => {
  const folder = testDirectory();
  const repository = await repositoryIn(folder);
  const files = {
    "a.txt": "one\ntwo\n",
    "b.txt": "$Id$ $Format:%H$\n",
    "c.dat": "plain\n",
    "hidden.txt": "kept\n",
    "d.txt": "caf\u00e9\n",
    ".gitattributes":
      "a.txt text eol=crlf\nb.txt ident export-subst\nc.dat filter=evil\nhidden.txt export-ignore\nd.txt working-tree-encoding=UTF-16\n",
  };
  await repository.git("config", "filter.evil.smudge", `touch ${join(folder, "canary")}`);
  await repository.git("config", "filter.evil.clean", "cat");
  await writeFile(
    join(repository.directory, ".git/info/attributes"),
    "* -working-tree-encoding -text -filter\n",
  );
  await repository.commit({ files });
  expect(await readTree(await fetchHead(repository.directory))).toEqual(files);
  expect(await readdir(folder)).toEqual(["shop"]);
});

test("nothing in the configuration of a repository on this machine runs", async () => {
  const folder = testDirectory();
  const repository = await repositoryIn(folder);
  await repository.commit({ files: { a: "1" } });
  const canary = join(folder, "canary");
  const script = join(repository.directory, ".git", "evil");
  await writeFile(script, `#!/bin/sh\ntouch '${canary}'\n`);
  await chmod(script, 0o755);
  for (const key of [
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "uploadpack.packObjectsHook",
    "core.alternateRefsCommand",
  ]) {
    await repository.git("config", key, script);
  }
  for (const hook of ["post-checkout", "pre-receive", "reference-transaction", "post-index-change"]) {
    await writeFile(join(repository.directory, ".git", "hooks", hook), `#!/bin/sh\ntouch '${canary}'\n`, {
      mode: 0o755,
    });
  }
  expect(await readTree(await fetchHead(repository.directory))).toEqual({ a: "1" });
  expect(await readdir(folder)).toEqual(["shop"]);
});

test.each([".git", ".GIT", "git~1", ".git\u200c", ".git ", ".Git."])(
  "a path named %j is refused",
  async (name) => {
    const repository = await repositoryIn(testDirectory());
    await repository.commit({ files: { a: "1" } });
    const blob = blobOf(repository, "evil");
    await commitCrafted(repository, [`100644 blob ${blob}\t${name}`]);
    await expect(fetchHead(repository.directory)).rejects.toMatchObject({ code: "HWS_GIT_TREE_NAME" });
  },
);

test("a path that is a link and a directory at once is refused and nothing is written through it", async () => {
  const outside = testDirectory();
  const repository = await repositoryIn(testDirectory());
  await repository.commit({ files: { a: "1" } });
  const blob = blobOf(repository, "evil");
  const inner = execFileSync("git", ["mktree"], {
    cwd: repository.directory,
    input: `100644 blob ${blob}\tfile\n`,
  });
  const link = blobOf(repository, outside);
  await commitCrafted(repository, [`120000 blob ${link}\tx`, `040000 tree ${inner.toString().trim()}\tx`]);
  await expect(fetchHead(repository.directory)).rejects.toMatchObject({ code: "HWS_GIT_TREE_NAME" });
  expect(await readdir(outside)).toEqual([]);
});

test("links arrive as links, whatever they point to, and a submodule's folder stays empty", async () => {
  const folder = testDirectory();
  const repository = await repositoryIn(folder);
  await repository.commit({ files: { "a/b": "1" } });
  const blob = blobOf(repository, "1");
  const link = blobOf(repository, "../../etc/passwd");
  const commit = await repository.git("rev-parse", "HEAD");
  await commitCrafted(repository, [
    `100755 blob ${blob}\trun`,
    `120000 blob ${link}\tup`,
    `160000 commit ${commit}\tvendor`,
  ]);
  const tree = await fetchHead(repository.directory);
  expect(await readlink(join(tree, "up"))).toBe("../../etc/passwd");
  expect((await lstat(join(tree, "run"))).mode & 0o777).toBe(0o755);
  expect(await readdir(join(tree, "vendor"))).toEqual([]);
});

test("hostile file names arrive unchanged", async () => {
  const repository = await repositoryIn(testDirectory());
  const names = [
    "-rf",
    "a\nb",
    'quote"s',
    "it's",
    "$(id)",
    "\u00fcml\u00e4ut",
    "\u{1f680}",
    "tab\there",
    ":colon",
    "back\\slash",
  ];
  const files = Object.fromEntries(names.map((name) => [name, name]));
  await repository.commit({ files });
  expect(await readTree(await fetchHead(repository.directory))).toEqual(files);
});

test("a name that is not UTF-8 is refused", async () => {
  const repository = await repositoryIn(testDirectory());
  await repository.commit({ files: { a: "1" } });
  const line = Buffer.concat([
    Buffer.from(`100644 blob ${blobOf(repository, "x")}\t`),
    Buffer.from([0xff, 0xfe, 0]),
  ]);
  const tree = execFileSync("git", ["mktree", "-z"], { cwd: repository.directory, input: line })
    .toString()
    .trim();
  await repository.git(
    "update-ref",
    "refs/heads/main",
    await repository.git("commit-tree", tree, "-m", "crafted"),
  );
  await expect(fetchHead(repository.directory)).rejects.toMatchObject({ code: "HWS_GIT_TREE_NAME" });
});

test("files have the modes that Git records, whatever the umask", async () => {
  const repository = await repositoryIn(testDirectory());
  await writeFile(join(repository.directory, "run"), "x", { mode: 0o755 });
  await repository.commit({ files: { "a/b": "1" } });
  const before = process.umask(0o077);
  try {
    const tree = await fetchHead(repository.directory);
    expect((await lstat(join(tree, "run"))).mode & 0o777).toBe(0o755);
    expect((await lstat(join(tree, "a"))).mode & 0o777).toBe(0o755);
    expect((await lstat(join(tree, "a/b"))).mode & 0o777).toBe(0o644);
  } finally {
    process.umask(before);
  }
});

test("Git LFS pointers are refused by name, also when the attributes stand above the subdirectory", async () => {
  const repository = await repositoryIn(testDirectory());
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
  await repository.commit({ files: { "app/logo.png": pointer, "app/a": "1" } });
  expect(Object.keys(await readTree(await fetchHead(repository.directory)))).toContain("app/logo.png");
  const attributes = join(repository.directory, ".git/info/attributes");
  await writeFile(attributes, "* -filter\n");
  await repository.commit({ files: { ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n" } });
  for (const subdirectory of [undefined, "app"]) {
    await expect(fetchHead(repository.directory, subdirectory ? { subdirectory } : {})).rejects.toMatchObject(
      {
        code: "HWS_GIT_LFS",
        message: expect.stringContaining("logo.png"),
      },
    );
  }
});

test("a subdirectory becomes the root of the tree, and a link in its place is refused", async () => {
  const repository = await repositoryIn(testDirectory());
  await writeFile(join(repository.directory, "f"), "");
  await repository.commit({ files: { "apps/shop/index": "shop", "apps/other": "other" } });
  expect(await readTree(await fetchHead(repository.directory, { subdirectory: "apps/shop/" }))).toEqual({
    index: "shop",
  });
  await commitCrafted(repository, [`120000 blob ${blobOf(repository, "apps/shop")}\tlink`]);
  for (const subdirectory of ["link", "apps/none", "link/.."]) {
    await expect(fetchHead(repository.directory, { subdirectory })).rejects.toMatchObject({
      code: expect.stringMatching(/^HWS_GIT_(SUBDIRECTORY|OPTION)$/),
    });
  }
});

test.each(["../x", "/etc", "a//b", "a/../b", "a\nb"])(
  "the subdirectory %j is refused",
  async (subdirectory) => {
    await expect(makeSource({ url: "/srv/x", subdirectory })).rejects.toMatchObject({
      code: "HWS_GIT_OPTION",
    });
  },
);

test("no argument of any program begins with what a repository or a ref said", async () => {
  const folder = testDirectory();
  const repository = await repositoryIn(folder);
  await repository.commit({ files: { "-x": "1", "--output=canary": "2" } });
  await repository.git("tag", "v1");
  const context = countingContext(join(folder, "cache"));
  const source = await makeSource({ url: repository.directory }, context);
  const revision = await source.resolve({ ref: "v1" }, operationContext());
  await source.fetch?.({ revision, directory: testDirectory() }, operationContext());
  const words = context.argvs.flatMap((argv) => argv.slice(2));
  const options = words.filter((word) => word.startsWith("-"));
  expect(context.argvs.length).toBeGreaterThan(5);
  expect(options.filter((word) => /canary|-x$/.test(word))).toEqual([]);
  expect(context.argvs.every(([file]) => file === "git")).toBe(true);
});
