import { rmSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  createSvnRepository,
  operationContext,
  readTree,
  type SvnRepository,
  type SvnServer,
  startSvnServer,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SvnSourceOptions } from "../src/index.ts";
import { parseId } from "../src/revision-id.ts";
import { fetched, makeSource, repositoryRoot } from "./trial.ts";

const users = { deploy: "pw-1a2b3c4d", limited: "pw-5e6f7a8b" };
const authz = "[/]\n* = r\n[shop:/trunk/private]\nlimited =\n[shop:/branches/hidden]\nlimited =\n";
let root: string;
let server: SvnServer;
let repository: SvnRepository;

/*
 r1 trunk, r2 trunk/lib, r3 tags/1.0 = trunk, r4 trunk/index, r5 branches/team/new = trunk, r6 branches/team/new/index,
 r7 beside
*/
beforeAll(async () => {
  root = repositoryRoot();
  repository = await createSvnRepository(join(root, "shop"));
  await repository.commit({
    files: { "trunk/index": "1", "trunk/lib/a": "1" },
    folders: ["branches", "tags"],
    message: "First\n\nwith a body",
  });
  await repository.commit({ files: { "trunk/lib/a": "2" }, message: "Library" });
  await repository.commit({ copies: [["trunk", "tags/1.0"]], message: "Tag" });
  await repository.commit({ files: { "trunk/index": "4" }, message: "Fourth" });
  await repository.commit({ copies: [["trunk", "branches/team/new"]], message: "Branch" });
  await repository.commit({ files: { "branches/team/new/index": "6" }, message: "On the branch" });
  await repository.commit({ files: { "beside/file": "7", "trunk-2/file": "7" }, message: "Beside" });
  server = await startSvnServer({ root, users, authz });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const options = (more: Partial<SvnSourceOptions> = {}): SvnSourceOptions => ({
  url: server.url("shop"),
  username: "deploy",
  password: new Secret(users.deploy),
  ...more,
});
const source = (more: Partial<SvnSourceOptions> = {}) => makeSource(options(more));
const resolve = async (ref?: string, more: Partial<SvnSourceOptions> = {}) =>
  (await source(more)).resolve(ref === undefined ? {} : { ref }, operationContext());
const numberOf = async (ref?: string, more: Partial<SvnSourceOptions> = {}): Promise<number> =>
  parseId((await resolve(ref, more)).id).number;

describe("a ref names a folder at a number", () => {
  test("a revision tells number, place, URL, author, first line and time", async () => {
    const revision = await resolve("trunk@1");
    expect(revision).toMatchObject({
      id: expect.stringMatching(/^r1-trunk-[0-9a-f]{32}$/),
      exact: true,
      label: "trunk@1",
      url: server.url("shop/trunk"),
      author: expect.stringMatching(/./),
      message: "First",
    });
    expect(Math.abs((revision.time ?? 0) - Date.now() / 1000)).toBeLessThan(3600);
  });

  test.each([
    ["trunk", 4, { index: "4", "lib/a": "2" }],
    ["trunk@2", 2, { index: "1", "lib/a": "2" }],
    ["trunk@r3", 2, { index: "1", "lib/a": "2" }],
    ["trunk@HEAD", 4, { index: "4", "lib/a": "2" }],
    ["tags/1.0", 3, { index: "1", "lib/a": "2" }],
    ["branches/team/new", 6, { index: "6", "lib/a": "2" }],
    ["branches/team/new@5", 5, { index: "4", "lib/a": "2" }],
    ["trunk/lib@1", 1, { a: "1" }],
  ])("%s was last changed at %i", async (ref, number, tree) => {
    for (const url of ["shop", "shop/tags/1.0/"]) {
      expect(await numberOf(ref, { url: server.url(url) })).toBe(number);
    }
    expect(await readTree(await fetched(await source(), ref))).toEqual(tree);
  });

  test("a number is that of the folder of the URL, and without a ref it is the newest", async () => {
    const url = server.url("shop/trunk");
    for (const [ref, number] of [
      ["1", 1],
      ["r3", 2],
      ["7", 4],
      ["HEAD", 4],
      [undefined, 4],
    ] as const)
      expect(await numberOf(ref, { url })).toBe(number);
    expect(await numberOf()).toBe(7);
  });

  test("the same state has the same id, whichever way it was named, and another folder another", async () => {
    const id = (await resolve("trunk")).id;
    for (const ref of ["trunk@4", "trunk@7"]) expect((await resolve(ref)).id).toBe(id);
    for (const ref of [undefined, "5"])
      expect((await resolve(ref, { url: server.url("shop/trunk") })).id).toBe(id);
    expect((await resolve(undefined, { revision: "trunk" })).id).toBe(id);
    expect((await resolve("trunk", { subdirectory: "lib" })).id).not.toBe(id);
  });

  test("a folder inside a copied one is named by the copy: at its own last change it was elsewhere", async () => {
    expect(await numberOf("branches/team/new", { subdirectory: "lib" })).toBe(5);
    const directory = await fetched(await source({ subdirectory: "./lib/" }), "branches/team/new");
    expect(await readTree(directory)).toEqual({ a: "2" });
  });

  test.each(["tags/none", "branches/team/new@4", "trunk@99", "99", "trunk/none@4", "tags/1.0@2"])(
    "%s is not found",
    async (ref) => {
      await expect(resolve(ref)).rejects.toMatchObject({
        code: "HWS_SOURCE_REF_NOT_FOUND",
        retryable: false,
      });
    },
  );

  test("a file in place of a folder is refused", async () => {
    await expect(resolve("trunk/index@4")).rejects.toMatchObject({ code: "HWS_SVN_NOT_A_FOLDER" });
  });
});

/** So many revisions that make a folder each, as svnadmin dumps them. */
const dumpOf = (count: number): string => {
  const revisions = Array.from({ length: count }, (_, index) => {
    const log = String(index + 1);
    const properties = `K 7\nsvn:log\nV ${log.length}\n${log}\nPROPS-END\n`;
    const header = `Revision-number: ${log}\nProp-content-length: ${properties.length}\nContent-length: ${properties.length}\n`;
    return `${header}\n${properties}\nNode-path: f${log}\nNode-kind: dir\nNode-action: add\n\n\n`;
  });
  return `SVN-fs-dump-format-version: 2\n\n${revisions.join("")}`;
};

describe("the changes between two revisions", () => {
  test("are those in the history of the second, through copies", async () => {
    const from = (await resolve("trunk@1")).id;
    const to = await resolve("branches/team/new");
    const changes = await (await source()).changes?.({ from, to: to.id }, operationContext());
    expect(changes?.map(({ message }) => message)).toEqual(["On the branch", "Branch", "Fourth", "Library"]);
    expect(changes?.[0]?.id).toBe(to.id);
  });

  test("are none backwards and between a revision and itself", async () => {
    const [old, young] = [(await resolve("trunk@1")).id, (await resolve("trunk")).id];
    const one = await source();
    expect(await one.changes?.({ from: young, to: old }, operationContext())).toEqual([]);
    expect(await one.changes?.({ from: old, to: old }, operationContext())).toEqual([]);
  });

  test("are at most 200", async () => {
    const long = await createSvnRepository(join(root, "long"));
    await long.load(dumpOf(205));
    const one = await source({ url: server.url("long") });
    const [from, to] = [
      await one.resolve({ ref: "1" }, operationContext()),
      await one.resolve({}, operationContext()),
    ];
    const changes = await one.changes?.({ from: from.id, to: to.id }, operationContext());
    expect(changes).toHaveLength(200);
    expect(changes?.[0]).toMatchObject({ id: to.id, message: "205" });
  });
});

describe("who may, and who answers", () => {
  test.each([
    ["a wrong password", { password: new Secret("wrong") }],
    ["an unknown user", { username: "nobody" }],
  ])("%s is HWS_SVN_AUTH", async (_, more) => {
    await expect(resolve("trunk", more)).rejects.toMatchObject({ code: "HWS_SVN_AUTH", retryable: false });
  });

  test("a folder that this user may not read is HWS_SVN_AUTH", async () => {
    await repository.commit({ files: { "branches/hidden/file": "1" } });
    const limited = { username: "limited", password: new Secret(users.limited) };
    await expect(resolve("branches/hidden", limited)).rejects.toMatchObject({ code: "HWS_SVN_AUTH" });
  });

  test("a tree of which a part is hidden from this user is refused, never short", async () => {
    await repository.commit({ copies: [["trunk", "tags/before"]], files: { "trunk/private/key": "1" } });
    const limited = await source({ username: "limited", password: new Secret(users.limited) });
    const revision = await limited.resolve({ ref: "trunk" }, operationContext());
    const directory = testDirectory();
    await expect(limited.fetch({ revision, directory }, operationContext())).rejects.toMatchObject({
      code: "HWS_SVN_UNREADABLE",
    });
    expect(await readTree(directory)).toEqual({});
    expect(await readTree(await fetched(limited, "tags/before"))).toEqual({ index: "4", "lib/a": "2" });
    expect(Object.keys(await readTree(await fetched(await source(), "trunk")))).toContain("private/key");
  });

  test("a repository that is not there is HWS_SVN_NO_REPOSITORY", async () => {
    await expect(resolve("trunk", { url: server.url("absent") })).rejects.toMatchObject({
      code: "HWS_SVN_NO_REPOSITORY",
    });
  });

  test("a server or a host that is not there is HWS_SVN_NETWORK and may be tried again", async () => {
    for (const url of ["svn://127.0.0.1:1/shop", "svn://no-such-host.invalid/shop"])
      await expect(resolve("trunk", { url })).rejects.toMatchObject({
        code: "HWS_SVN_NETWORK",
        retryable: true,
      });
  });

  test("check finds what is wrong without throwing", async () => {
    const problems = async (more: Partial<SvnSourceOptions>) =>
      (await source(more)).check?.(operationContext());
    expect(await problems({ revision: "trunk" })).toEqual([]);
    expect(await problems({ revision: "tags/none" })).toMatchObject([{ code: "HWS_SOURCE_REF_NOT_FOUND" }]);
    expect(await problems({ password: new Secret("wrong") })).toMatchObject([
      { code: "HWS_SVN_AUTH", severity: "error", where: "source" },
    ]);
  });
});

describe("a source that moves", () => {
  test("a tag that is moved between resolve and fetch does not move the revision", async () => {
    await repository.commit({ copies: [["trunk", "tags/moving"]], files: { "tags/moving/mark": "before" } });
    const one = await source();
    const revision = await one.resolve({ ref: "tags/moving" }, operationContext());
    await repository.commit({ files: { "tags/moving": null } });
    const directory = testDirectory();
    await one.fetch({ revision, directory }, operationContext());
    expect(await readTree(directory)).toMatchObject({ mark: "before" });
    await expect(one.resolve({ ref: "tags/moving" }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_REF_NOT_FOUND",
    });
  });

  test("a repository that was put in the place of another is HWS_SOURCE_MOVED, also with a mirror of the first", async () => {
    const first = await createSvnRepository(join(root, "replaced"));
    await first.commit({ files: { "trunk/a": "first" } });
    const one = await source({ url: server.url("replaced/trunk") });
    const revision = await one.resolve({}, operationContext());
    await one.fetch({ revision, directory: testDirectory() }, operationContext());
    rmSync(first.directory, { recursive: true });
    const second = await createSvnRepository(join(root, "replaced"));
    await second.commit({ files: { "trunk/a": "second" } });
    const directory = testDirectory();
    await expect(one.fetch({ revision, directory }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_MOVED",
    });
    expect(await readTree(directory)).toEqual({});
    expect(await readTree(await fetched(one))).toEqual({ a: "second" });
  });

  test("a number that a restored repository no longer has is HWS_SOURCE_MOVED", async () => {
    const one = await source({ url: server.url("shop/trunk") });
    const { id, ...rest } = await one.resolve({}, operationContext());
    const revision = { ...rest, id: id.replace(/^r\d+/, "r999") };
    await expect(
      one.fetch({ revision, directory: testDirectory() }, operationContext()),
    ).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
  });
});
