import { chmod, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  freePort,
  operationContext,
  type RsyncDaemon,
  readTree,
  startRsyncDaemon,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchNow, makeSource, watchedContext, writeFiles } from "./trial.ts";

let root: string;
let daemon: RsyncDaemon;
const tree = { "a/one": "1".repeat(3000), "a/two": "2".repeat(40_000), three: "3" };
beforeAll(async () => {
  root = temporaryDirectory("hawser-rsync-faults-");
  await chmod(root, 0o755);
  await writeFiles(join(root, "shop"), tree);
  const nobody = process.getuid?.() === 0 ? ["uid = nobody", "gid = nogroup"] : [];
  daemon = await startRsyncDaemon({
    apps: { path: root },
    closed: { path: root, logins: { deploy: "s3cret" } },
    off: { path: root, lines: ["max connections = -1"] },
    nobody: { path: root, lines: nobody },
  });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const resolveAt = async (url: string, password?: string) =>
  await (
    await makeSource({ url, ...(password !== undefined && { password: new Secret(password) }) })
  ).resolve({}, operationContext());

describe("who refuses, and what to do", () => {
  test.each([
    ["an unknown module", () => daemon.url("nope"), undefined],
    ["a wrong password", () => daemon.url("closed", "deploy"), "wrong"],
    ["no password where one is needed", () => daemon.url("closed", "deploy"), undefined],
  ])("%s is HWS_RSYNC_REFUSED, whose hint names both causes", async (_, url, password) => {
    await expect(resolveAt(url(), password)).rejects.toMatchObject({
      code: "HWS_RSYNC_REFUSED",
      retryable: false,
      hint: expect.stringMatching(/password.*module/),
    });
  });

  test("a daemon with no connection left may be tried again", async () => {
    await expect(resolveAt(daemon.url("off"))).rejects.toMatchObject({
      code: "HWS_RSYNC_BUSY",
      retryable: true,
    });
  });

  test("a port where nobody listens may be tried again", async () => {
    const port = await freePort("127.0.0.1");
    await expect(resolveAt(`rsync://127.0.0.1:${port}/apps`)).rejects.toMatchObject({
      code: "HWS_RSYNC_NETWORK",
      retryable: true,
    });
  });

  test.each(["apps/none", "apps/none.tar.gz", "apps/shop/three"])("%s is not there", async (path) => {
    await expect(resolveAt(daemon.url(path))).rejects.toMatchObject({ code: "HWS_RSYNC_NOT_FOUND" });
  });

  test("a directory whose name is an archive's says how it is written", async () => {
    await writeFiles(join(root, "named.zip"), { a: "1" });
    await expect(resolveAt(daemon.url("apps/named.zip"))).rejects.toMatchObject({
      code: "HWS_RSYNC_NOT_FILE",
      hint: expect.stringContaining("end the URL with /"),
    });
    expect(await readTree(await fetchNow(await makeSource({ url: daemon.url("apps/named.zip/") })))).toEqual({
      a: "1",
    });
  });

  test("files and folders that the server may not read are named", async () => {
    await writeFiles(join(root, "private"), { "secret.key": "1", "folder/a": "2", open: "3" });
    await chmod(join(root, "private/folder"), 0o700);
    const source = await makeSource({ url: daemon.url("nobody/private") });
    await chmod(join(root, "private/folder"), 0);
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_RSYNC_UNREADABLE",
      message: expect.stringContaining("folder"),
    });
    await chmod(join(root, "private/folder"), 0o755);
    await chmod(join(root, "private/secret.key"), 0);
    await expect(fetchNow(source)).rejects.toMatchObject({
      code: "HWS_RSYNC_UNREADABLE",
      message: expect.stringContaining("secret.key"),
    });
    const mended = await makeSource({ url: daemon.url("nobody/private"), exclude: ["*.key"] });
    expect(await readTree(await fetchNow(mended))).toEqual({ "folder/a": "2", open: "3" });
  });

  test("check gathers what is wrong without throwing", async () => {
    const source = await makeSource({ url: daemon.url("nope") });
    expect(await source.check?.(operationContext())).toContainEqual(
      expect.objectContaining({ code: "HWS_RSYNC_REFUSED", severity: "error" }),
    );
  });

  test("check warns of a daemon on another machine, which is not encrypted", async () => {
    const source = await makeSource({ url: "rsync://host.invalid/apps" });
    const found = await source.check?.(operationContext());
    expect(found?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["HWS_RSYNC_PLAINTEXT", "HWS_RSYNC_NETWORK"]),
    );
  });

  test("a machine without rsync says so", async () => {
    const context = watchedContext(testDirectory());
    const source = await makeSource(
      { url: daemon.url("apps/shop") },
      {
        ...context,
        spawn: (file, argv, options) =>
          context.spawn(file, argv, { ...options, env: { ...options?.env, PATH: testDirectory() } }),
      },
    );
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_RSYNC_PROGRAM" });
  });
});

describe.each([29, 30, 31])("protocol %i", (protocol) => {
  test("gives the same tree, first and after a change", async () => {
    const folder = join(root, `old-${protocol}`);
    await writeFiles(folder, tree);
    const context = watchedContext(testDirectory("hawser-cache-"), (argv) => [
      `--protocol=${protocol}`,
      ...argv,
    ]);
    const source = await makeSource({ url: daemon.url(`apps/${basename(folder)}`) }, context);
    expect(await readTree(await fetchNow(source))).toEqual(tree);
    await writeFiles(folder, { three: "4" });
    expect(await readTree(await fetchNow(source))).toEqual({ ...tree, three: "4" });
  });
});
