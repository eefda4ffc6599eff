import { rmSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Revision } from "@hawser/core/plugin";
import {
  createRepository,
  type GitRepository,
  type GitSshServer,
  operationContext,
  readTree,
  startGitSshServer,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GitSourceOptions } from "../src/index.ts";
import { makeSource } from "./trial.ts";

let root: string;
let repository: GitRepository;
let server: GitSshServer;
let first: string;
let second: string;

beforeAll(async () => {
  root = temporaryDirectory("hawser-git-ssh-root-");
  repository = await createRepository(join(root, "shop"));
  first = await repository.commit({ files: { "a/b": "one" }, message: "First\n\nwith a body" });
  await repository.git("tag", "-a", "v1", "-m", "the first");
  second = await repository.commit({ files: { "a/b": "two" }, message: "Second" });
  await repository.git("branch", "both", first);
  await repository.git("tag", "both", second);
  server = await startGitSshServer({ root });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const options = (more: Partial<GitSourceOptions> = {}): GitSourceOptions => ({
  url: server.url("shop"),
  privateKey: server.privateKey,
  knownHosts: server.knownHosts,
  ...more,
});
const resolve = async (ref?: string, more: Partial<GitSourceOptions> = {}): Promise<Revision> =>
  await (await makeSource(options(more))).resolve(ref === undefined ? {} : { ref }, operationContext());

describe("a ref names a commit", () => {
  test("an annotated tag is that of its commit, with author, first line and time", async () => {
    expect(await resolve("v1")).toEqual({
      id: first,
      exact: true,
      label: "v1",
      url: server.url("shop"),
      author: "Test Author <author@example.org>",
      message: "First",
      time: 1_700_000_060,
    });
  });

  test("a branch, its full name, and the server's default branch are its newest commit", async () => {
    for (const ref of ["main", "refs/heads/main", undefined]) expect((await resolve(ref)).id).toBe(second);
  });

  test("a whole commit id is itself, also when no branch ends there", async () => {
    expect(await resolve(first)).toMatchObject({ id: first, label: first });
  });

  test("a commit id that the server does not have is not found", async () => {
    await expect(resolve("0123456789".repeat(4))).rejects.toMatchObject({ code: "HWS_SOURCE_REF_NOT_FOUND" });
  });

  test("a short commit id is found once the commit was fetched", async () => {
    const source = await makeSource(options());
    await expect(source.resolve({ ref: first.slice(0, 8) }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_REF_NOT_FOUND",
    });
    await source.resolve({ ref: "v1" }, operationContext());
    expect((await source.resolve({ ref: first.slice(0, 8) }, operationContext())).id).toBe(first);
  });

  test("a branch and a tag of the same name are refused, and their full names tell them apart", async () => {
    await expect(resolve("both")).rejects.toMatchObject({ code: "HWS_GIT_REF_AMBIGUOUS" });
    expect((await resolve("refs/heads/both")).id).toBe(first);
    expect((await resolve("refs/tags/both")).id).toBe(second);
  });

  test("a misspelt name is answered with the near ones", async () => {
    await expect(resolve("mian")).rejects.toMatchObject({ hint: expect.stringContaining("main") });
  });
});

describe("who may, and who answers", () => {
  test("a key that may not is HWS_GIT_AUTH", async () => {
    await expect(resolve("main", { privateKey: server.strangerKey })).rejects.toMatchObject({
      code: "HWS_GIT_AUTH",
      retryable: false,
    });
  });

  test("a repository that is not there is HWS_GIT_NO_REPOSITORY", async () => {
    await expect(resolve("main", { url: server.url("absent") })).rejects.toMatchObject({
      code: "HWS_GIT_NO_REPOSITORY",
    });
  });

  test("a host key that is not in known_hosts is refused, and the error says which host and how to add it", async () => {
    const knownHosts = join(testDirectory(), "known_hosts");
    await writeFile(knownHosts, "");
    await expect(resolve("main", { knownHosts })).rejects.toMatchObject({
      code: "HWS_GIT_HOST_KEY",
      message: expect.stringContaining(`[${server.host}]:${server.port}`),
      hint: expect.stringContaining("ssh-keyscan"),
    });
    expect(await readFile(knownHosts, "utf8")).toBe("");
  });

  test("a host key that has changed is refused and known_hosts is left alone", async () => {
    await using other = await startGitSshServer({ root });
    const before = await readFile(other.knownHosts, "utf8");
    await other.changeHostKey();
    const access = { url: other.url("shop"), privateKey: other.privateKey, knownHosts: other.knownHosts };
    await expect(resolve("main", access)).rejects.toMatchObject({
      code: "HWS_GIT_HOST_KEY",
      message: expect.stringContaining("is not the one"),
      hint: expect.stringContaining("ssh-keygen -R"),
    });
    expect(await readFile(other.knownHosts, "utf8")).toBe(before);
  });

  test("a server that is not there is HWS_GIT_NETWORK and may be tried again", async () => {
    await expect(resolve("main", { url: `ssh://git@${server.host}:1/shop` })).rejects.toMatchObject({
      code: "HWS_GIT_NETWORK",
      retryable: true,
    });
  });

  test("a key and a known_hosts file in a folder whose name has spaces and % are used as they are", async () => {
    const folder = join(testDirectory(), "my keys %h");
    await mkdir(folder);
    await copyFile(server.privateKey, join(folder, "id key"));
    await copyFile(server.knownHosts, join(folder, "known hosts"));
    const access = { privateKey: join(folder, "id key"), knownHosts: join(folder, "known hosts") };
    expect((await resolve("main", access)).id).toBe(second);
  });

  test("a key path that a shell or ssh would expand is refused before anything is spawned", async () => {
    const folder = testDirectory();
    for (const name of ["$(touch canary)", '"; touch canary; "', "a\\b", "$" + "{HOME}"]) {
      await expect(resolve("main", { privateKey: join(folder, name) })).rejects.toMatchObject({
        code: "HWS_GIT_OPTION",
      });
    }
  });

  test("check finds a key that may not without throwing", async () => {
    const source = await makeSource(options({ privateKey: server.strangerKey }));
    expect(await source.check?.(operationContext())).toMatchObject([
      { code: "HWS_GIT_AUTH", severity: "error" },
    ]);
  });
});

describe("a source that moves", () => {
  test("a tag moved between resolve and fetch does not move the revision", async () => {
    const moving = await createRepository(join(root, "moving"));
    const before = await moving.commit({ files: { a: "before" } });
    await moving.git("tag", "v1");
    const source = await makeSource(options({ url: server.url("moving") }));
    const revision = await source.resolve({ ref: "v1" }, operationContext());
    await moving.commit({ files: { a: "after" } });
    await moving.git("tag", "--force", "v1");
    const directory = testDirectory();
    await source.fetch?.({ revision, directory }, operationContext());
    expect(revision.id).toBe(before);
    expect(await readTree(directory)).toEqual({ a: "before" });
  });

  test("a commit that a forced push took away is HWS_SOURCE_MOVED for a deployer that never had it", async () => {
    const forced = await createRepository(join(root, "forced"));
    await forced.commit({ files: { a: "1" } });
    const lost = await forced.commit({ files: { a: "2" } });
    await forced.git("reset", "-q", "--hard", "HEAD~1");
    await forced.git("reflog", "expire", "--expire=now", "--all");
    await forced.git("gc", "-q", "--prune=now");
    for (const protocol2 of [true, false]) {
      await using other = await startGitSshServer({ root, protocol2 });
      const access = { url: other.url("forced"), privateKey: other.privateKey, knownHosts: other.knownHosts };
      const source = await makeSource(options(access));
      const revision: Revision = { id: lost, exact: true, label: "main" };
      await expect(
        source.fetch?.({ revision, directory: testDirectory() }, operationContext()),
      ).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
    }
  });

  test("an old commit is fetched from a server that hands out only what it advertises", async () => {
    await using old = await startGitSshServer({ root, protocol2: false });
    const access = { url: old.url("shop"), privateKey: old.privateKey, knownHosts: old.knownHosts };
    const source = await makeSource(options(access));
    for (const ref of [first, "v1"]) {
      const directory = testDirectory();
      const revision = await source.resolve({ ref }, operationContext());
      await source.fetch?.({ revision, directory }, operationContext());
      expect(await readTree(directory)).toEqual({ "a/b": "one" });
    }
  });
});
