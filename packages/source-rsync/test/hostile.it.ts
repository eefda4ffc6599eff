import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  operationContext,
  type RsyncDaemon,
  readTree,
  receiveTree,
  startRsyncDaemon,
  startToxicProxy,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RsyncSourceOptions } from "../src/index.ts";
import { fetchNow, makeSource, watchedContext, writeFiles } from "./trial.ts";

const password = "pass-9b1f4f77aa";

let root: string;
let daemon: RsyncDaemon;
beforeAll(async () => {
  root = temporaryDirectory("hawser-rsync-hostile-");
  daemon = await startRsyncDaemon({
    apps: { path: root },
    closed: { path: root, logins: { deploy: password } },
  });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

let count = 0;
/** A folder of its own under the daemon's module, and a source for it. */
const site = async (
  files: Readonly<Record<string, string>>,
  options: Partial<RsyncSourceOptions> = {},
  context = watchedContext(testDirectory("hawser-cache-")),
) => {
  count += 1;
  const folder = join(root, `site-${count}`);
  await mkdir(folder);
  await writeFiles(folder, files);
  const url = daemon.url(`apps/site-${count}`);
  return { folder, url, source: await makeSource({ url, ...options }, context), context };
};

const code = (value: string) => ({ code: value });

describe("what the options say", () => {
  test("nothing of a refused URL, user or pattern is ever started", async () => {
    const canary = join(testDirectory(), "canary");
    const context = watchedContext(testDirectory());
    const url = daemon.url("apps");
    const refused: RsyncSourceOptions[] = [
      { url: `--rsh=touch ${canary}` },
      { url: `-e touch ${canary}` },
      { url: `-oProxyCommand=touch ${canary}@host:x` },
      { url: `${url};touch ${canary}` },
      { url: `${url}/$(touch ${canary})` },
      { url: `${url}\n--rsh=touch ${canary}` },
      { url, exclude: ["+ *"] },
      { url, include: ["a\nb"] },
      { url, password: new Secret(password) },
      { url, privateKey: canary },
      { url: daemon.url("apps/x.tar"), exclude: ["a"] },
      { url, stripComponents: 1 },
      { url: "example.org:/srv", password: new Secret(password) },
    ];
    for (const options of refused) {
      await expect(makeSource(options, context), JSON.stringify(options)).rejects.toMatchObject({
        code: expect.stringMatching(/^HWS_RSYNC_(URL|OPTION)$/),
      });
    }
    expect(context.argvs).toEqual([]);
    expect(await readdir(join(canary, ".."))).toEqual([]);
  });

  test("patterns that look like options and commands are patterns", async () => {
    const canary = join(testDirectory(), "canary");
    const exclude = [`--rsh=touch ${canary}`, "-e", `;touch ${canary}`, "--delete-before", "*.log"];
    const { source } = await site({ a: "1", "b.log": "2", "-e": "3" }, { exclude });
    expect(await readTree(await fetchNow(source))).toEqual({ a: "1" });
    expect(await readdir(join(canary, ".."))).toEqual([]);
  });

  test("paths stand behind -- and the password is in the environment alone, as a Secret", async () => {
    await writeFiles(root, { "closed/--rsh=x": "1" });
    const context = watchedContext(testDirectory("hawser-cache-"));
    const url = daemon.url("closed/closed", "deploy");
    const options = { url, password: new Secret(password) };
    expect(await readTree(await fetchNow(await makeSource(options, context)))).toEqual({ "--rsh=x": "1" });
    expect(context.argvs.length).toBe(3);
    for (const [index, argv] of context.argvs.entries()) {
      expect(argv[0]).toBe("rsync");
      expect(argv.slice(argv.indexOf("--") + 1)[0]).toBe(`${url}/`);
      expect(argv.join(" ")).not.toContain(password);
      expect(Secret.is(context.environments[index]?.RSYNC_PASSWORD)).toBe(true);
    }
  });

  test("no error repeats a wrong password", async () => {
    const wrong = "wr0ng-w0rd-77";
    const url = daemon.url("closed", "deploy");
    const source = await makeSource({ url, password: new Secret(wrong) });
    const error = await source.resolve({}, operationContext()).catch((caught: unknown) => caught);
    expect(error).toMatchObject(code("HWS_RSYNC_REFUSED"));
    expect(JSON.stringify(error) + String(error)).not.toContain(wrong);
  });
});

describe("what the server has", () => {
  test.each([
    ["an absolute link", "/etc/passwd"],
    ["a link to what is above", "../outside"],
    ["a link that leads out by another one", "deep/up/../outside"],
  ])("%s is refused by its name, before anything is written, and may be excluded", async (_, target) => {
    const { folder, source, url } = await site({ a: "1", "deep/x/y": "2" });
    await symlink("..", join(folder, "deep/up"));
    await symlink(target, join(folder, "evil"));
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_RSYNC_LINK",
      message: expect.stringContaining('"evil"'),
    });
    const mended = await makeSource({ url, exclude: ["/evil"] });
    expect(await readTree(await fetchNow(mended))).toEqual({ a: "1", "deep/x/y": "2", "deep/up": "-> .." });
  });

  test("an escaping link that comes after the listing is refused too, and none in the mirror leads anywhere", async () => {
    const { folder, source, context } = await site({ a: "1" });
    await symlink("a", join(folder, "good"));
    await fetchNow(source);
    const revision = await source.resolve({}, operationContext());
    await symlink("/etc", join(folder, "evil"));
    const directory = testDirectory();
    await expect(receiveTree(source, { revision, directory }, operationContext())).rejects.toMatchObject(
      code("HWS_RSYNC_LINK"),
    );
    expect(await readdir(directory)).toEqual([]);
    const content = join(
      context.cacheDirectory,
      readdirSync(context.cacheDirectory).find((name) => name.startsWith("rsync-")) ?? "",
      "content",
    );
    for (const name of ["good", "evil"])
      expect(readlinkSync(join(content, name))).toMatch(/^\/rsyncd-munged\//);
  });

  test("a link that becomes a directory is not written through", async () => {
    const { folder, source } = await site({ "real/passwd": "kept" });
    await symlink("real", join(folder, "a"));
    await fetchNow(source);
    await rm(join(folder, "a"));
    await writeFiles(folder, { "a/passwd": "evil" });
    expect(await readTree(await fetchNow(source))).toEqual({ "real/passwd": "kept", "a/passwd": "evil" });
  });

  test("pipes and devices are refused by name, and may be excluded", async () => {
    const { folder, source, url } = await site({ a: "1" });
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const device = process.getuid?.() === 0;
    if (device) execFileSync("mknod", [join(folder, "device"), "c", "1", "3"]);
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_RSYNC_SPECIAL",
      message: expect.stringMatching(device ? /"device"/ : /"pipe"/),
    });
    const mended = await makeSource({ url, exclude: ["pipe", "device"] });
    expect(await readTree(await fetchNow(mended))).toEqual({ a: "1" });
  });

  test.each([
    ["a line break", Buffer.from("we\nird")],
    ["an escape sequence", Buffer.from("x\u001b[2J")],
    ["bytes that are not UTF-8", Buffer.from("caf\u00e9", "latin1")],
  ])("a name with %s is refused", async (_, name) => {
    const { folder, source } = await site({ a: "1" });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), "");
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject(code("HWS_RSYNC_NAME"));
  });

  test("names with spaces, arrows, quotes, signs of rsync and letters of all kinds arrive as they are", async () => {
    const files = {
      "a b": "1",
      "l -> m": "2",
      "back\\#012x": "3",
      "caf\u00e9/\u732b": "4",
      "--delete": "5",
      "'\"$(id)`": "6",
      "*deleting": "7",
      "@ERROR: auth failed": "8",
      "  12  45%  x": "9",
    };
    const { folder, source } = await site(files);
    await symlink("l -> m", join(folder, "n -> o"));
    expect(await readTree(await fetchNow(source))).toEqual({ ...files, "n -> o": "-> l -> m" });
  });

  test("modes are 755 and 644, whatever the server has, and no bit of an owner's change survives", async () => {
    const { folder, source } = await site({ "d/run": "1", "d/read": "2", "d/none": "3" });
    for (const [path, mode] of [
      ["d/run", 0o6777],
      ["d/read", 0o466],
      ["d/none", 0o600],
      ["d", 0o1777],
    ] as const)
      await chmod(join(folder, path), mode);
    const directory = await fetchNow(source);
    const modeOf = async (path: string) => ((await lstat(join(directory, path))).mode & 0o7777).toString(8);
    expect(await Promise.all(["d", "d/run", "d/read", "d/none"].map(modeOf))).toEqual([
      "755",
      "755",
      "644",
      "644",
    ]);
  });
});

describe("how much the server sends", () => {
  test("a tree that is too large is refused before anything of it is fetched", async () => {
    const { source, context } = await site({ a: "x".repeat(600), b: "x".repeat(600) }, { maxBytes: 1000 });
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject(code("HWS_RSYNC_TOO_LARGE"));
    expect(context.argvs.length).toBe(1);
  });

  test("a server that sends more than it listed is stopped in the middle", async () => {
    // Without the argument that makes rsync leave out large files itself: what is tried here stands behind it.
    const context = watchedContext(testDirectory("hawser-cache-"), (argv) =>
      argv.filter((word) => !word.startsWith("--max-size=")),
    );
    await using proxy = await startToxicProxy({ port: daemon.port });
    const { folder } = await site({ a: "1" });
    const url = `rsync://127.0.0.1:${proxy.port}/apps/${basename(folder)}`;
    const limited = await makeSource({ url, maxBytes: 100_000 }, context);
    const revision = await limited.resolve({}, operationContext());
    await writeFiles(folder, { draft: "x".repeat(8_000_000) });
    await rename(join(folder, "draft"), join(folder, "a"));
    proxy.poison("downstream", { kind: "bandwidth", bytesPerSecond: 500_000 });
    const directory = testDirectory();
    await expect(receiveTree(limited, { revision, directory }, operationContext())).rejects.toMatchObject(
      code("HWS_RSYNC_TOO_LARGE"),
    );
    expect(proxy.bytes.downstream).toBeLessThan(4_000_000);
    expect(await readdir(directory)).toEqual([]);
  });
});
