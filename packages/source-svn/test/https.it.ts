import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { Secret } from "@hawser/core/plugin";
import {
  createSvnRepository,
  operationContext,
  pluginContext,
  readTree,
  type SvnHttpServer,
  startSvnHttpServer,
  startToxicProxy,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SvnSourceOptions } from "../src/index.ts";
import { SvnSource } from "../src/svn-source.ts";
import { countingContext, makeSource, repositoryRoot } from "./trial.ts";

const login = { user: "deploy", password: "pw-9d8c7b6a5f4e3d2c" };
/** Files that do not compress to nothing. */
const large = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`f${index}`, randomBytes(15_000).toString("base64")]),
);
let root: string;
let server: SvnHttpServer;

beforeAll(async () => {
  root = repositoryRoot();
  const repository = await createSvnRepository(join(root, "shop"));
  await repository.commit({ files: { "trunk/a": "1", "trunk/sub dir/\u00fc#%": "2" } });
  const tagged = Object.entries(large).map(([name, text]) => [`tags/large/${name}`, text]);
  await repository.commit({ files: Object.fromEntries(tagged) });
  server = await startSvnHttpServer({ root, login });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const options = (more: Partial<SvnSourceOptions> = {}): SvnSourceOptions => ({
  url: server.url("shop/trunk"),
  ca: server.authority,
  username: login.user,
  password: new Secret(login.password),
  ...more,
});

const refusal = async (given: SvnSourceOptions): Promise<unknown> =>
  (await makeSource(given)).resolve({}, operationContext()).catch((error: unknown) => error);

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

test("the password opens the repository and is in no argument, file, log line, progress or revision", async () => {
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
  await source.fetch({ revision, directory }, context);
  clearInterval(sampler);
  expect(seen).toContain("--password-from-stdin");
  const told = [
    seen,
    JSON.stringify(counting.argvs),
    inspect(context, { depth: 9 }),
    JSON.stringify(revision),
  ];
  const files = Object.values(await readTree(cache)).join();
  for (const form of [login.password, Buffer.from(`deploy:${login.password}`).toString("base64")]) {
    expect(told.join()).not.toContain(form);
    expect(files).not.toContain(form);
  }
  expect(await readTree(directory)).toEqual({ a: "1", "sub dir/\u00fc#%": "2" });
});

test("a folder whose name must be encoded is reached by its URL and as subdirectory", async () => {
  for (const more of [{ url: server.url("shop/trunk/sub%20dir") }, { subdirectory: "sub dir" }]) {
    const source = await makeSource(options(more));
    const directory = testDirectory();
    await source.fetch(
      { revision: await source.resolve({}, operationContext()), directory },
      operationContext(),
    );
    expect(await readTree(directory)).toEqual({ "\u00fc#%": "2" });
  }
});

test.each([
  ["a wrong password", { password: new Secret("wrong-5e4d3c2b") }],
  ["a wrong user", { username: "nobody" }],
])("%s is HWS_SVN_AUTH, told without the password", async (_, more) => {
  const error = await refusal(options(more));
  expect(error).toMatchObject({ code: "HWS_SVN_AUTH", retryable: false });
  expect(inspect(error, { depth: 9 })).not.toMatch(/wrong-5e4d3c2b|pw-9d8c7b6a5f4e3d2c/);
});

test("nobody's login is HWS_SVN_AUTH", async () => {
  const { password: _password, username: _username, ...open } = options();
  expect(await refusal(open)).toMatchObject({ code: "HWS_SVN_AUTH" });
});

test("a certificate of an unknown authority is HWS_SVN_CERTIFICATE, and the password is not sent", async () => {
  const { ca: _ca, ...open } = options();
  expect(await refusal(open)).toMatchObject({ code: "HWS_SVN_CERTIFICATE", retryable: false });
});

test("a certificate for another name is HWS_SVN_CERTIFICATE", async () => {
  const url = server.url("shop/trunk").replace("localhost", "127.0.0.1");
  expect(await refusal(options({ url }))).toMatchObject({ code: "HWS_SVN_CERTIFICATE" });
});

test("a file that holds no certificate, or that is not there, is HWS_SVN_OPTION", async () => {
  const ca = join(testDirectory(), "ca.pem");
  expect(await refusal(options({ ca }))).toMatchObject({ code: "HWS_SVN_OPTION" });
  await writeFile(ca, "no certificate\n");
  expect(await refusal(options({ ca }))).toMatchObject({ code: "HWS_SVN_OPTION" });
});

test("a repository and a folder that are not there are told apart", async () => {
  expect(await refusal(options({ url: server.url("absent/trunk") }))).toMatchObject({
    code: "HWS_SVN_NO_REPOSITORY",
  });
  expect(await refusal(options({ revision: "branches/none" }))).toMatchObject({
    code: "HWS_SOURCE_REF_NOT_FOUND",
  });
});

test("a redirect to another host is not followed and the password does not go there", async () => {
  const target = server.url("").replace("https://localhost", "https://127.0.0.1").replace(/\/$/, "");
  await using redirecting = await startSvnHttpServer({ root, redirectTo: target });
  const before = (await server.requests()).length;
  const error = await refusal(
    options({ url: redirecting.movedUrl("shop/trunk"), ca: redirecting.authority }),
  );
  expect(error).toMatchObject({ code: "HWS_SVN_REDIRECT" });
  expect((await server.requests()).length).toBe(before);
});

test.each([
  ["a repository of this machine", () => `file://${root}`],
  ["another protocol", () => "svn://127.0.0.1:1"],
  ["a tunnel", () => "svn+ssh://127.0.0.1:1"],
  ["another folder of the same server", () => "/svn"],
])("a redirect to %s is refused", async (_, target) => {
  await using redirecting = await startSvnHttpServer({ root, redirectTo: target() });
  const url = redirecting.movedUrl("shop/trunk");
  expect(await refusal(options({ url, ca: redirecting.authority }))).toMatchObject({
    code: "HWS_SVN_REDIRECT",
  });
});

test.each([
  [0, "HWS_SVN_STALLED"],
  [1, "HWS_SVN_NETWORK"],
  [3_000, "HWS_SVN_NETWORK"],
  [60_000, "HWS_SVN_NETWORK"],
])(
  "connections that are cut after %i bytes give an error that may be tried again, or the whole tree",
  async (afterBytes, code) => {
    await using proxy = await startToxicProxy({ port: server.port });
    const url = `https://localhost:${proxy.port}/svn/shop/tags/large`;
    const source = new SvnSource(options({ url }), pluginContext(), 3_000);
    const revision = await source.resolve({}, operationContext());
    proxy.poison("downstream", { kind: "cut", afterBytes, by: "fin" });
    const directory = testDirectory();
    const error = await source.fetch({ revision, directory }, operationContext()).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (error !== undefined) {
      expect(error).toMatchObject({ code, retryable: true });
      expect(readdirSync(directory)).toEqual([]);
      proxy.heal();
      await source.fetch({ revision, directory }, operationContext());
    }
    expect(await readTree(directory)).toEqual(large);
  },
);

test("a password over http:// works, and check warns that it travels in the clear", async () => {
  await using open = await startSvnHttpServer({ root, login, tls: false });
  const { ca: _ca, ...without } = options({ url: open.url("shop/trunk") });
  const source = await makeSource(without);
  expect(await source.check?.(operationContext())).toMatchObject([
    { code: "HWS_SVN_CLEARTEXT", severity: "warning" },
  ]);
});
