import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Secret } from "@hawser/core/plugin";
import {
  createRepository,
  type GitHttpServer,
  operationContext,
  pluginContext,
  readTree,
  startGitHttpServer,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitSourceOptions } from "../src/index.ts";
import { countingContext, makeSource } from "./trial.ts";

const token = "tok-9d8c7b6a5f4e3d2c";
let root: string;
let server: GitHttpServer;

beforeAll(async () => {
  root = temporaryDirectory("hawser-git-https-root-");
  const repository = await createRepository(join(root, "shop"));
  await repository.commit({ files: { a: "1", big: "x".repeat(200_000) } });
  server = await startGitHttpServer({ root, login: { user: "x-access-token", password: token } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const options = (more: Partial<GitSourceOptions> = {}): GitSourceOptions => ({
  url: server.url("shop/.git"),
  ref: "main",
  ca: server.authority,
  token: new Secret(token),
  ...more,
});

/** Every argument of every process that is running now. */
const runningArguments = (): string =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");

test("the token opens the repository and is in no argument, file, log line, progress or revision", async () => {
  const cache = testDirectory();
  const context = operationContext();
  const counting = countingContext(cache);
  const source = await makeSource(options(), counting);
  let seen = "";
  const sampler = setInterval(() => {
    seen += runningArguments();
  }, 5);
  const directory = testDirectory();
  const revision = await source.resolve({}, context);
  await source.fetch?.({ revision, directory }, context);
  clearInterval(sampler);
  expect(seen).toContain("git-remote-https");
  const told = [
    seen,
    JSON.stringify(counting.argvs),
    inspect(context, { depth: 9 }),
    JSON.stringify(revision),
  ].join();
  const files = Object.values(await readTree(cache)).join();
  for (const form of [token, Buffer.from(`x-access-token:${token}`).toString("base64")]) {
    expect(told).not.toContain(form);
    expect(files).not.toContain(form);
  }
  expect(await readTree(directory)).toMatchObject({ a: "1" });
});

test.each([
  ["a wrong token", { token: new Secret("wrong-token-5e4d") }],
  ["no token", { token: undefined }],
])("%s is HWS_GIT_AUTH, told without it", async (_, { token: given }) => {
  const { token: _right, ...open } = options();
  const source = await makeSource(given === undefined ? open : { ...open, token: given });
  const error: unknown = await source.resolve({}, operationContext()).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "HWS_GIT_AUTH", retryable: false });
  expect(inspect(error, { depth: 9 })).not.toContain("wrong-token-5e4d");
});

test("a certificate of an unknown authority is HWS_GIT_CERTIFICATE", async () => {
  const { ca: _ca, ...open } = options();
  await expect((await makeSource(open)).resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_GIT_CERTIFICATE",
  });
});

test("a repository that is not there is HWS_GIT_NO_REPOSITORY", async () => {
  const source = await makeSource(options({ url: server.url("absent") }));
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_GIT_NO_REPOSITORY",
  });
});

test("a redirect to another server is not followed and the token does not go there", async () => {
  await using other = await startGitHttpServer({ root, login: { user: "x-access-token", password: token } });
  await using redirecting = await startGitHttpServer({ root, redirectTo: other.origin });
  const source = await makeSource(options({ url: redirecting.url("shop/.git"), ca: redirecting.authority }));
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_GIT_REDIRECT" });
  expect(other.authorizations).toEqual([]);
});

test("a submodule of another server is asked for without the token", async () => {
  const login = { user: "x-access-token", password: token };
  await using other = await startGitHttpServer({ root, login });
  const ca = join(testDirectory(), "both.pem");
  writeFileSync(ca, readFileSync(server.authority, "utf8") + readFileSync(other.authority, "utf8"));
  const inner = await createRepository(join(root, "inner"));
  const id = await inner.commit({ files: { i: "inner" } });
  const outer = await createRepository(join(root, "outer"));
  await outer.commit({
    files: { ".gitmodules": `[submodule "i"]\npath = vendor/i\nurl = ${other.url("inner/.git")}\n` },
  });
  await outer.git("update-index", "--add", "--cacheinfo", `160000,${id},vendor/i`);
  await outer.git("commit", "-q", "-m", "with a submodule");
  const source = await makeSource(options({ url: server.url("outer/.git"), submodules: true, ca }));
  const revision = await source.resolve({}, operationContext());
  await expect(
    source.fetch?.({ revision, directory: testDirectory() }, operationContext()),
  ).rejects.toMatchObject({ code: "HWS_GIT_AUTH", message: expect.stringContaining(other.origin) });
  expect(other.authorizations).toEqual([""]);
});

test("relative submodules come from beside the repository, with its token", async () => {
  const inner = await createRepository(join(root, "library"));
  const id = await inner.commit({ files: { i: "inner" } });
  const outer = await createRepository(join(root, "with-library"));
  await outer.commit({
    files: { ".gitmodules": '[submodule "i"]\npath = vendor/i\nurl = ../../library/.git\n' },
  });
  await outer.git("update-index", "--add", "--cacheinfo", `160000,${id},vendor/i`);
  await outer.git("commit", "-q", "-m", "with a submodule");
  const source = await makeSource(options({ url: server.url("with-library/.git"), submodules: true }));
  const directory = testDirectory();
  await source.fetch?.(
    { revision: await source.resolve({}, operationContext()), directory },
    operationContext(),
  );
  expect(await readTree(directory)).toMatchObject({ "vendor/i/i": "inner" });
});

test.each([
  ["ext::sh -c touch% canary", "HWS_GIT_SUBMODULE"],
  ["-oProxyCommand=x:y", "HWS_GIT_SUBMODULE"],
  ["file:///etc", "HWS_GIT_SUBMODULE"],
  ["/etc", "HWS_GIT_SUBMODULE"],
])("a submodule at %s is refused", async (url, code) => {
  const outer = await createRepository(join(root, `hostile-${Math.random().toString(36).slice(2)}`));
  const id = await outer.commit({ files: { ".gitmodules": `[submodule "i"]\npath = i\nurl = ${url}\n` } });
  await outer.git("update-index", "--add", "--cacheinfo", `160000,${id},i`);
  await outer.git("commit", "-q", "-m", "with a submodule");
  const name = outer.directory.slice(root.length + 1);
  const source = await makeSource(options({ url: server.url(`${name}/.git`), submodules: true }));
  const revision = await source.resolve({}, operationContext());
  await expect(
    source.fetch?.({ revision, directory: testDirectory() }, operationContext()),
  ).rejects.toMatchObject({
    code,
  });
});

test("credentials for another protocol are refused when the source is made", async () => {
  const token = new Secret("x");
  await expect(makeSource({ url: "ssh://git@example.org/x", token }, pluginContext())).rejects.toMatchObject({
    code: "HWS_GIT_OPTION",
  });
  await expect(makeSource({ url: "https://example.org/x", privateKey: "/k" })).rejects.toMatchObject({
    code: "HWS_GIT_OPTION",
  });
});
