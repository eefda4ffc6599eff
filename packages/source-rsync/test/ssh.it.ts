import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  operationContext,
  type RsyncSshServer,
  readTree,
  startRsyncSshServer,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RsyncSourceOptions } from "../src/index.ts";
import { fetchNow, makeSource, watchedContext, writeFiles } from "./trial.ts";

let root: string;
let server: RsyncSshServer;
const tree = { "a/b": "1", c: "2" };
beforeAll(async () => {
  root = temporaryDirectory("hawser-rsync-ssh-root-");
  await writeFiles(join(root, "shop"), tree);
  server = await startRsyncSshServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const optionsOf = (at: RsyncSshServer, more: Partial<RsyncSourceOptions> = {}): RsyncSourceOptions => ({
  url: at.url(join(root, "shop")),
  privateKey: at.privateKey,
  knownHosts: at.knownHosts,
  ...more,
});
const open = (more: Partial<RsyncSourceOptions> = {}) => makeSource(optionsOf(server, more));
const resolve = async (more: Partial<RsyncSourceOptions> = {}) =>
  await (await open(more)).resolve({}, operationContext());

test("user@host:path with the option port is the same place as the form with ssh://", async () => {
  const url = `${server.user}@${server.host}:${join(root, "shop")}/`;
  expect((await resolve({ url, port: server.port })).id).toBe((await resolve()).id);
});

test("ssh gets no configuration, checks the host key, offers one key and forwards nothing", async () => {
  const context = watchedContext(testDirectory("hawser-cache-"));
  await (await makeSource(optionsOf(server), context)).resolve({}, operationContext());
  for (const argv of context.argvs) {
    const ssh = argv[argv.indexOf("-e") + 1];
    for (const word of [
      "-F none",
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      "IdentitiesOnly=yes",
      "ForwardAgent=no",
    ])
      expect(ssh).toContain(word);
    expect(argv.indexOf("-e")).toBeLessThan(argv.indexOf("--"));
  }
});

test("a key that may not is HWS_RSYNC_AUTH, which check finds without throwing", async () => {
  const source = await open({ privateKey: server.strangerKey });
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_RSYNC_AUTH",
    retryable: false,
  });
  expect(await source.check?.(operationContext())).toContainEqual(
    expect.objectContaining({ code: "HWS_RSYNC_AUTH", severity: "error" }),
  );
});

test("a host key that is not in known_hosts is refused, and the error says how to add it", async () => {
  const knownHosts = join(testDirectory(), "known_hosts");
  await writeFile(knownHosts, "");
  await expect(resolve({ knownHosts })).rejects.toMatchObject({
    code: "HWS_RSYNC_HOST_KEY",
    message: expect.stringContaining(`[${server.host}]:${server.port} is not in`),
    hint: expect.stringContaining("ssh-keyscan"),
  });
  expect(await readFile(knownHosts, "utf8")).toBe("");
});

test("a host key that has changed is refused and known_hosts is left alone", async () => {
  const knownHosts = server.knownHostsOfStranger();
  const before = await readFile(knownHosts, "utf8");
  await expect(resolve({ knownHosts })).rejects.toMatchObject({
    code: "HWS_RSYNC_HOST_KEY",
    message: expect.stringContaining("is not the one"),
    hint: expect.stringContaining("ssh-keygen -R"),
  });
  expect(await readFile(knownHosts, "utf8")).toBe(before);
});

test("a server that is not there may be tried again", async () => {
  await expect(resolve({ url: `ssh://${server.user}@${server.host}:1/srv` })).rejects.toMatchObject({
    code: "HWS_RSYNC_NETWORK",
    retryable: true,
  });
});

test("a path that is not there is HWS_RSYNC_NOT_FOUND", async () => {
  await expect(resolve({ url: server.url("/none/at/all") })).rejects.toMatchObject({
    code: "HWS_RSYNC_NOT_FOUND",
  });
});

test("keys in a folder whose name has spaces, quotes and % are used as they are", async () => {
  const folder = join(testDirectory(), "it's my keys %h");
  await mkdir(folder);
  await copyFile(server.privateKey, join(folder, "id key"));
  await copyFile(server.knownHosts, join(folder, "known hosts"));
  const access = { privateKey: join(folder, "id key"), knownHosts: join(folder, "known hosts") };
  expect((await resolve(access)).id).toBe((await resolve()).id);
});

test("a key path that ssh would expand is refused before anything is started", async () => {
  const folder = testDirectory();
  const context = watchedContext(testDirectory());
  for (const name of ["$(touch canary)", '" -o ProxyCommand="touch canary', "a\\b", "a\nb"]) {
    const source = await makeSource(optionsOf(server, { privateKey: join(folder, name) }), context);
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_RSYNC_OPTION" });
  }
  expect(context.argvs).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test("a machine without ssh says so", async () => {
  const programs = testDirectory();
  await symlink("/usr/bin/rsync", join(programs, "rsync"));
  const context = watchedContext(testDirectory());
  const source = await makeSource(optionsOf(server), {
    ...context,
    spawn: (file, argv, options) =>
      context.spawn(file, argv, { ...options, env: { ...options?.env, PATH: programs } }),
  });
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
    code: "HWS_RSYNC_PROGRAM",
    message: expect.stringContaining("ssh"),
  });
});

test.each([
  ["has no rsync", "PATH=/nonexistent; $SSH_ORIGINAL_COMMAND", "HWS_RSYNC_REMOTE_PROGRAM"],
  ["prints at login", "echo welcome; $SSH_ORIGINAL_COMMAND", "HWS_RSYNC_PROTOCOL"],
])("a server that %s is told as such", async (_, command, code) => {
  await using other = await startRsyncSshServer({ command });
  const source = await makeSource(optionsOf(other));
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code, retryable: false });
});

test("a key that rrsync keeps to one folder, read-only, is enough", async () => {
  await using restricted = await startRsyncSshServer({ command: `rrsync -ro ${root}` });
  const source = await makeSource(optionsOf(restricted, { url: restricted.url("/shop") }));
  expect(await readTree(await fetchNow(source))).toEqual(tree);
  await writeFiles(root, { "shop.tar": "an archive" });
  const archive = await makeSource(optionsOf(restricted, { url: restricted.url("/shop.tar") }));
  const revision = await archive.resolve({}, operationContext());
  const opened = await archive.open?.({ revision }, operationContext());
  expect(String((await opened?.stream.toArray())?.join(""))).toBe("an archive");
});

test("the agent is used when no key is given, and only then", async () => {
  const context = watchedContext(testDirectory("hawser-cache-"));
  const { privateKey: _, ...withoutKey } = optionsOf(server);
  const before = process.env.SSH_AUTH_SOCK;
  process.env.SSH_AUTH_SOCK = join(testDirectory(), "no-agent");
  try {
    for (const options of [optionsOf(server), withoutKey]) {
      const source = await makeSource(options, context);
      await source.resolve({}, operationContext()).catch(() => {});
    }
  } finally {
    if (before === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = before;
  }
  expect(context.environments.map((env) => env?.SSH_AUTH_SOCK !== undefined)).toEqual([false, true]);
});
