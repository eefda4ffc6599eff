import { rmSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createSvnRepository,
  operationContext,
  readTree,
  type SvnSshServer,
  startSvnSshServer,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SvnSourceOptions } from "../src/index.ts";
import { countingContext, fetched, makeSource, repositoryRoot } from "./trial.ts";

let root: string;
let server: SvnSshServer;

beforeAll(async () => {
  root = repositoryRoot();
  const repository = await createSvnRepository(join(root, "shop"));
  await repository.commit({ files: { "trunk/a/b": "1" } });
  server = await startSvnSshServer({ root });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const options = (more: Partial<SvnSourceOptions> = {}): SvnSourceOptions => ({
  url: server.url("shop/trunk"),
  privateKey: server.privateKey,
  knownHosts: server.knownHosts,
  ...more,
});
const refusal = async (more: Partial<SvnSourceOptions>): Promise<unknown> =>
  (await makeSource(options(more))).resolve({}, operationContext()).catch((error: unknown) => error);

test("a key that may not is HWS_SVN_AUTH", async () => {
  expect(await refusal({ privateKey: server.strangerKey })).toMatchObject({
    code: "HWS_SVN_AUTH",
    retryable: false,
  });
});

test("a host key that is not in known_hosts is refused, and the error says which host and how to add it", async () => {
  const knownHosts = join(testDirectory(), "known_hosts");
  await writeFile(knownHosts, "");
  expect(await refusal({ knownHosts })).toMatchObject({
    code: "HWS_SVN_HOST_KEY",
    message: expect.stringContaining(`[${server.host}]:${server.port}`),
    hint: expect.stringContaining("ssh-keyscan"),
  });
  expect(await readFile(knownHosts, "utf8")).toBe("");
});

test("a host key that has changed is refused and known_hosts is left alone", async () => {
  await using other = await startSvnSshServer({ root });
  const before = await readFile(other.knownHosts, "utf8");
  await other.changeHostKey();
  const { privateKey, knownHosts } = other;
  expect(await refusal({ url: other.url("shop/trunk"), privateKey, knownHosts })).toMatchObject({
    code: "HWS_SVN_HOST_KEY",
    message: expect.stringContaining("is not the one"),
    hint: expect.stringContaining("ssh-keygen -R"),
  });
  expect(await readFile(knownHosts, "utf8")).toBe(before);
});

test("a server that is not there is HWS_SVN_NETWORK and may be tried again", async () => {
  expect(await refusal({ url: `svn+ssh://deploy@${server.host}:1/shop` })).toMatchObject({
    code: "HWS_SVN_NETWORK",
    retryable: true,
  });
});

test("a repository that is not there is HWS_SVN_NO_REPOSITORY", async () => {
  expect(await refusal({ url: server.url("absent") })).toMatchObject({ code: "HWS_SVN_NO_REPOSITORY" });
});

test("a key and a known_hosts file in a folder whose name has spaces, quotes and % are used as they are", async () => {
  const folder = join(testDirectory(), "my 'keys' %h; `id`");
  await mkdir(folder);
  await copyFile(server.privateKey, join(folder, "id key"));
  await copyFile(server.knownHosts, join(folder, "known hosts"));
  const access = { privateKey: join(folder, "id key"), knownHosts: join(folder, "known hosts") };
  expect(await readTree(await fetched(await makeSource(options(access))))).toEqual({ "a/b": "1" });
});

test.each(["$(touch canary)", '"; touch canary; "', "a\\b", "$" + "{HOME}", "a\nb"])(
  "a key path %j that ssh would read otherwise is refused before anything is spawned",
  async (name) => {
    const folder = testDirectory();
    const context = countingContext();
    for (const option of ["privateKey", "knownHosts"] as const) {
      const source = await makeSource(options({ [option]: join(folder, name) }), context);
      await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_SVN_OPTION" });
    }
    expect(context.argvs).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  },
);

test("the user may stand in the URL or in username, and not as two", async () => {
  const url = server.url("shop/trunk").replace(`${server.user}@`, "");
  expect(await refusal({ url, username: server.user })).toMatchObject({ exact: true });
  await expect(makeSource(options({ username: "another" }))).rejects.toMatchObject({
    code: "HWS_SVN_OPTION",
  });
});
