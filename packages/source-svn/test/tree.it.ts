import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createSvnRepository,
  operationContext,
  readTree,
  type SvnCommit,
  type SvnRepository,
  type SvnServer,
  startSvnServer,
  testDirectory,
  treeDigest,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countingContext, fetched, makeSource, repositoryRoot } from "./trial.ts";

let root: string;
let server: SvnServer;
let made = 0;

beforeAll(async () => {
  root = repositoryRoot();
  server = await startSvnServer({ root });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

/** A repository with these commits, and the tree that comes of its trunk. */
const received = async (
  ...commits: readonly SvnCommit[]
): Promise<{ readonly tree: string; readonly repository: SvnRepository; readonly url: string }> => {
  made += 1;
  const repository = await createSvnRepository(join(root, `r${made}`));
  for (const commit of commits) await repository.commit(commit);
  const url = server.url(`r${made}/trunk`);
  return { tree: await fetched(await makeSource({ url })), repository, url };
};

/** Every path with its kind and mode. */
const shape = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    // Node follows links when it lists.
    .filter((name) => !name.startsWith("to-folder/"))
    .sort()
    .map((name) => {
      const stats = lstatSync(join(directory, name));
      if (stats.isSymbolicLink()) return `${name} -> ${readlinkSync(join(directory, name))}`;
      return `${name}${stats.isDirectory() ? "/" : ""} ${(stats.mode & 0o777).toString(8)}`;
    });

test("names of every kind arrive unchanged", async () => {
  const names = [
    "-rf",
    "--force",
    "a@b",
    "@",
    "x@5",
    "@HEAD",
    "with space",
    "it's",
    'quote"s',
    "$(id)",
    "a;b&c|d",
    "back\\slash",
    "100%",
    "%41",
    "#?",
    "\u00fcml\u00e4ut",
    "u\u0308",
    "\u{1f680}",
    "folder@1/-x/\u65e5\u672c",
    ".hidden/file",
    "Case",
    "case",
  ];
  const files = Object.fromEntries(names.map((name) => [name, name]));
  const trunk = Object.fromEntries(names.map((name) => [`trunk/${name}`, name]));
  expect(await readTree((await received({ files: trunk })).tree)).toEqual(files);
});

const everyKind: readonly SvnCommit[] = [
  {
    files: {
      "trunk/empty": "",
      "trunk/run": "#!/bin/sh\n",
      "trunk/locked": "1\n",
      "trunk/sub/keywords": "$Id$ $Rev$ $Author$\n",
      "trunk/native": "a\r\nb\r\n",
      "trunk/native-lf": "a\nb\n",
      "trunk/crlf": "a\nb\n",
      "trunk/binary": Uint8Array.from({ length: 3000 }, (_, index) => index % 256),
    },
    folders: ["trunk/nothing/in/here"],
    links: { "trunk/sub/link": "../run", "trunk/dangling": "sub/later", "trunk/to-folder": "sub" },
  },
  // Set afterwards, the property finds line ends in the repository that a commit with it would have changed.
  {
    properties: {
      "trunk/run": { "svn:executable": "*" },
      "trunk/locked": { "svn:needs-lock": "*" },
      "trunk/sub/keywords": { "svn:keywords": "Id Rev Author" },
      "trunk/native": { "svn:eol-style": "native" },
      "trunk/native-lf": { "svn:eol-style": "native" },
      "trunk/crlf": { "svn:eol-style": "CRLF" },
    },
  },
];

test("modes, links and empty folders are those of the repository, whatever the umask", async () => {
  const expected = [
    "binary 644",
    "crlf 644",
    "dangling -> sub/later",
    "empty 644",
    "locked 644",
    "native 644",
    "native-lf 644",
    "nothing/ 755",
    "nothing/in/ 755",
    "nothing/in/here/ 755",
    "run 755",
    "sub/ 755",
    "sub/keywords 644",
    "sub/link -> ../run",
    "to-folder -> sub",
  ];
  for (const umask of [0o022, 0o077]) {
    const before = process.umask(umask);
    try {
      expect(shape((await received(...everyKind)).tree)).toEqual(expected);
    } finally {
      process.umask(before);
    }
  }
});

test("the tree is what svn export gives without keywords and with line feeds", async () => {
  const { tree, repository } = await received(...everyKind);
  const plain = join(testDirectory(), "plain");
  const options = ["--quiet", "--ignore-keywords", "--native-eol", "LF", "--ignore-externals"];
  await repository.svn("export", ...options, "--", `${repository.url}/trunk@2`, plain);
  expect(await readTree(tree)).toEqual(await readTree(plain));
  expect(await treeDigest(tree)).toBe(await treeDigest(plain));
  expect(readFileSync(join(tree, "sub/keywords"), "utf8")).toBe("$Id$ $Rev$ $Author$\n");
  expect(readFileSync(join(tree, "native"), "utf8")).toBe("a\nb\n");
  expect(readFileSync(join(tree, "crlf"), "utf8")).toBe("a\r\nb\r\n");
});

test("externals of this machine and of other servers are left out", async () => {
  const outside = await createSvnRepository(join(testDirectory(), "outside"));
  await outside.commit({ files: { secret: "1" } });
  const externals = `of-machine ${outside.url}\nof-server svn://127.0.0.1:1/x\n^/other beside\n`;
  const { tree, repository, url } = await received({
    files: { "trunk/a": "1", "other/b": "2" },
    properties: { trunk: { "svn:externals": externals } },
  });
  expect(await readTree(tree)).toEqual({ a: "1" });
  const source = await makeSource({ url });
  await fetched(source);
  await repository.commit({ files: { "trunk/a": "2" } });
  expect(await readTree(await fetched(source))).toEqual({ a: "2" });
});

test.each([
  ["/etc/passwd", "link"],
  ["../../etc/passwd", "sub/link"],
  ["..", "link"],
  ["sub/../../x", "link"],
  ["sub/up/../x", "link"],
])("a link to %s is refused, and the directory stays empty", async (target, name) => {
  made += 1;
  const repository = await createSvnRepository(join(root, `r${made}`));
  await repository.commit({
    files: { "trunk/sub/a": "1" },
    links: { [`trunk/${name}`]: target, "trunk/sub/up": ".." },
  });
  const source = await makeSource({ url: server.url(`r${made}/trunk`) });
  const directory = testDirectory();
  const revision = await source.resolve({}, operationContext());
  await expect(source.fetch({ revision, directory }, operationContext())).rejects.toMatchObject({
    code: "HWS_SVN_LINK",
    message: expect.stringContaining(name),
  });
  expect(readdirSync(directory)).toEqual([]);
});

test("a folder that Subversion keeps its own data under is refused", async () => {
  made += 1;
  const repository = await createSvnRepository(join(root, `r${made}`));
  await repository.commit({ files: { "trunk/a/.svn/entries": "12\n" } });
  const source = await makeSource({ url: server.url(`r${made}/trunk`) });
  const directory = testDirectory();
  const revision = await source.resolve({}, operationContext());
  await expect(source.fetch({ revision, directory }, operationContext())).rejects.toMatchObject({
    code: "HWS_SVN_TREE_NAME",
  });
  expect(readdirSync(directory)).toEqual([]);
});

test("no argument of any program begins with what a repository or a ref said", async () => {
  made += 1;
  const repository = await createSvnRepository(join(root, `r${made}`));
  await repository.commit({ files: { "trunk/-x": "1", "trunk/--config-option=config:tunnels:x=id": "2" } });
  const context = countingContext();
  const source = await makeSource({ url: server.url(`r${made}/trunk`) }, context);
  await fetched(source);
  await fetched(source, "trunk@1");
  const words = context.argvs.flat();
  expect(words.length).toBeGreaterThan(50);
  expect(words.filter((word) => /^-x|tunnels:x/.test(word))).toEqual([]);
  const ends = context.argvs.filter(([, command]) => !["cleanup", "--version"].includes(command ?? ""));
  expect(ends.filter((argv) => !argv.includes("--"))).toEqual([]);
});

test("neither the settings nor the passwords of the user are read or written", async () => {
  const home = testDirectory();
  await mkdir(join(home, ".subversion"));
  await writeFile(join(home, ".subversion", "config"), "[nonsense");
  const before = process.env.HOME;
  process.env.HOME = home;
  try {
    const { tree } = await received({ files: { "trunk/a": "1" } });
    expect(await readTree(tree)).toEqual({ a: "1" });
    expect(readdirSync(join(home, ".subversion"))).toEqual(["config"]);
  } finally {
    process.env.HOME = before;
  }
});
