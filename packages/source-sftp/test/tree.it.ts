import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  operationContext,
  pluginContext,
  readTree,
  type SftpServer,
  startSftpServer,
  startToxicProxy,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { longAgo, makeSource, optionsFor, write } from "./place.ts";

let server: SftpServer;
beforeAll(async () => {
  server = await startSftpServer();
});
afterAll(() => server[Symbol.asyncDispose]());

let sites = 0;

/** A folder of its own on the server. */
const site = (): { readonly at: string; readonly path: string } => {
  sites += 1;
  const name = `site-${sites}`;
  mkdirSync(join(server.directory, name));
  return { at: join(server.directory, name), path: join(server.path, name) };
};

type Made = Awaited<ReturnType<typeof makeSource>>;

const fetched = async (source: Made, context = operationContext()): Promise<string> => {
  const directory = testDirectory();
  await source.fetch?.({ revision: await source.resolve({}, context), directory }, context);
  return directory;
};

describe("a tree from Debian's sshd with internal-sftp alone", () => {
  test("arrives with links, exec bits, empty directories and any name, and no command was run", async () => {
    const { at, path } = site();
    const names = [
      "-rf",
      'quote"s',
      "$(id)",
      "`id`",
      "\u00fcml\u00e4ut",
      "\u{1f680}",
      " space ",
      "back\\slash",
      "...",
    ];
    await write(at, { "bin/run": "#!/bin/sh\n", ...Object.fromEntries(names.map((name) => [name, name])) });
    chmodSync(join(at, "bin/run"), 0o775);
    chmodSync(join(at, "-rf"), 0o664);
    mkdirSync(join(at, "empty/inner"), { recursive: true, mode: 0o775 });
    symlinkSync("bin/run", join(at, "run"));
    symlinkSync("../nowhere", join(at, "empty/dangling"));
    const tree = await fetched(await makeSource(optionsFor(server, { path })));
    const mode = (name: string): number => lstatSync(join(tree, name)).mode & 0o777;
    expect([mode("bin/run"), mode("-rf"), mode("empty"), mode("empty/inner")]).toEqual([
      0o755, 0o644, 0o755, 0o755,
    ]);
    expect(readdirSync(join(tree, "empty/inner"))).toEqual([]);
    expect([readlinkSync(join(tree, "run")), readlinkSync(join(tree, "empty/dangling"))]).toEqual([
      "bin/run",
      "../nowhere",
    ]);
    for (const name of names) expect(readFileSync(join(tree, name), "utf8")).toBe(name);
    const started = server.log().match(/Starting session: .*/g) ?? [];
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter((line) => !line.includes("internal-sftp"))).toEqual([]);
  });

  test("leaves out what is excluded, unseen", async () => {
    const { at, path } = site();
    await write(at, { keep: "1", "var/cache/x": "2", "a/node_modules/y": "3", "a/z": "4" });
    execFileSync("mkfifo", [join(at, "var/queue")]);
    const exclude = ["var", "**/node_modules"];
    expect(await readTree(await fetched(await makeSource(optionsFor(server, { path, exclude }))))).toEqual({
      keep: "1",
      "a/z": "4",
    });
  });

  test("with a pipe in it is refused by name", async () => {
    const { at, path } = site();
    execFileSync("mkfifo", [join(at, "queue")]);
    const source = await makeSource(optionsFor(server, { path }));
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_SFTP_SPECIAL",
      message: expect.stringContaining("queue"),
    });
  });

  test("is that behind a link at its path, and a link that is switched during the fetch is a moved source", async () => {
    const { at, path } = site();
    await write(at, { "one/a": "1", "two/a": "2", "two/b": "2" });
    symlinkSync("one", join(at, "current"));
    const source = await makeSource(optionsFor(server, { path: join(path, "current") }));
    expect(await readTree(await fetched(source))).toEqual({ a: "1" });
    const revision = await source.resolve({}, operationContext());
    const context = operationContext({
      progress: () => {
        execFileSync("ln", ["-sfn", "two", join(at, "current")]);
      },
    });
    const directory = testDirectory();
    await expect(source.fetch?.({ revision, directory }, context)).rejects.toMatchObject({
      code: "HWS_SOURCE_MOVED",
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  test("of which a file was rewritten during the fetch is a moved source", async () => {
    const { at, path } = site();
    await write(at, Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, "same"])));
    const source = await makeSource(optionsFor(server, { path }));
    const revision = await source.resolve({}, operationContext());
    const context = operationContext({ progress: () => execFileSync("touch", [join(at, "f0")]) });
    await expect(source.fetch?.({ revision, directory: testDirectory() }, context)).rejects.toMatchObject({
      code: "HWS_SOURCE_MOVED",
    });
  });
});

describe("a second fetch", () => {
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [`d${index % 10}/f${index}`, `${index}`.repeat(20_000)]),
  );

  test("transfers what changed and nothing else", async () => {
    const { at, path } = site();
    await write(at, many);
    await using proxy = await startToxicProxy({ host: server.host, port: server.port });
    const { host, port } = proxy;
    const through = { ...server, host, port, knownHosts: server.knownHostsOf(proxy) };
    const source = await makeSource(optionsFor(through, { path }));
    const spent = async (): Promise<{ bytes: number; tree: Record<string, string> }> => {
      const before = proxy.bytes.downstream;
      const tree = await readTree(await fetched(source));
      return { bytes: proxy.bytes.downstream - before, tree };
    };
    const total = Object.values(many).reduce((sum, text) => sum + text.length, 0);
    expect((await spent()).bytes).toBeGreaterThan(total);
    const again = await spent();
    // Three listings of 200 names and three logins.
    expect(again.bytes).toBeLessThan(150_000);
    expect(again.tree).toEqual(many);
    const changed = "changed".repeat(30_000);
    await write(at, { "d3/f3": changed }, longAgo + 60);
    const third = await spent();
    expect(third.bytes).toBeLessThan(again.bytes + changed.length * 1.1);
    expect(third.tree).toEqual({ ...many, "d3/f3": changed });
  });

  test("does not believe a kept file that was damaged, nor an index", async () => {
    const { at, path } = site();
    await write(at, { a: "right", b: "fine" });
    const cacheDirectory = testDirectory();
    const source = await makeSource(optionsFor(server, { path }), pluginContext({ cacheDirectory }));
    const good = { a: "right", b: "fine" };
    expect(await readTree(await fetched(source))).toEqual(good);
    const mirror = join(
      cacheDirectory,
      readdirSync(cacheDirectory).find((name) => name.startsWith("tree-")) ?? "",
    );
    const kept = readdirSync(join(mirror, "files"));
    expect(kept).toHaveLength(2);
    for (const name of kept) await writeFile(join(mirror, "files", name), "wrong");
    expect(await readTree(await fetched(source))).toEqual(good);
    await writeFile(join(mirror, "index.json"), "{ cut");
    expect(await readTree(await fetched(source))).toEqual(good);
  });

  test.each([
    ["is so young that it may have changed without showing it", () => Math.floor(Date.now() / 1000)],
    ["has the time that every file of an npm package has", () => Date.UTC(1985, 9, 26, 8, 15) / 1000],
  ])("takes again what %s", async (_what, time) => {
    const { at, path } = site();
    const modified = time();
    await write(at, { a: "one" }, modified);
    const source = await makeSource(optionsFor(server, { path }));
    expect(await readTree(await fetched(source))).toEqual({ a: "one" });
    await write(at, { a: "two" }, modified);
    expect(await readTree(await fetched(source))).toEqual({ a: "two" });
  });

  test("lets go of files that no listing has any more", async () => {
    const { at, path } = site();
    await write(at, { a: "1", b: "2" });
    const cacheDirectory = testDirectory();
    const source = await makeSource(optionsFor(server, { path }), pluginContext({ cacheDirectory }));
    await fetched(source);
    await write(at, { b: null });
    await fetched(source);
    const [mirror = ""] = readdirSync(cacheDirectory).filter((name) => name.startsWith("tree-"));
    expect(readdirSync(join(cacheDirectory, mirror, "files"))).toHaveLength(1);
  });
});

describe("an archive", () => {
  test("that is kept is not transferred again, and one put in its place is", async () => {
    const { at, path } = site();
    const big = "b".repeat(500_000);
    await write(at, { "tree/a": big });
    const pack = async (modified: number): Promise<void> => {
      execFileSync("tar", ["-cf", join(at, "draft"), "-C", join(at, "tree"), "a"]);
      execFileSync("touch", ["-d", `@${modified}`, join(at, "draft")]);
      await rename(join(at, "draft"), join(at, "site.tar"));
    };
    await pack(longAgo);
    await using proxy = await startToxicProxy({ host: server.host, port: server.port });
    const { host, port } = proxy;
    const through = { ...server, host, port, knownHosts: server.knownHostsOf(proxy) };
    const source = await makeSource(optionsFor(through, { path: join(path, "site.tar") }));
    const spend = async (): Promise<number> => {
      const before = proxy.bytes.downstream;
      const revision = await source.resolve({}, operationContext());
      expect(revision).toMatchObject({ exact: false, label: "site.tar", time: expect.any(Number) });
      const opened = await source.open?.({ revision }, operationContext());
      opened?.stream.resume();
      await once(opened!.stream, "close");
      return proxy.bytes.downstream - before;
    };
    expect(await spend()).toBeGreaterThan(big.length);
    expect(await spend()).toBeLessThan(50_000);
    await pack(longAgo + 60);
    expect(await spend()).toBeGreaterThan(big.length);
  });

  test("that is replaced between resolve and open is a moved source", async () => {
    const { at, path } = site();
    await write(at, { "site.tar": "1" });
    const source = await makeSource(optionsFor(server, { path: join(path, "site.tar") }));
    const revision = await source.resolve({}, operationContext());
    await write(at, { "site.tar": "22" });
    await expect(source.open?.({ revision }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_MOVED",
    });
    await write(at, { "site.tar": null });
    await expect(source.open?.({ revision }, operationContext())).rejects.toMatchObject({
      code: "HWS_SOURCE_MOVED",
    });
  });
});

describe("what cannot be", () => {
  test("a path that is not there is told by resolve and by check", async () => {
    for (const name of ["absent", "absent.tar.gz"]) {
      const source = await makeSource(optionsFor(server, { path: join(server.path, name) }));
      const failure = { code: "HWS_SFTP_NOT_FOUND" };
      await expect(source.resolve({}, operationContext())).rejects.toMatchObject(failure);
      expect(await source.check?.(operationContext())).toMatchObject([{ ...failure, where: "source" }]);
    }
  });

  test("a file where a directory is named, and a directory where an archive is, are told", async () => {
    const { at, path } = site();
    await write(at, { page: "1", "odd.zip/x": "1" });
    for (const name of ["page", "odd.zip"]) {
      const source = await makeSource(optionsFor(server, { path: join(path, name) }));
      await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_SFTP_KIND" });
    }
  });

  test("a host key that is not the known one is refused, and a password was not sent", async () => {
    await using strict = await startSftpServer({ password: "password" });
    const { host, port, user } = strict;
    const known = { host, port, user, path: strict.path, password: new Secret(strict.password) };
    const good = await makeSource({ ...known, knownHosts: strict.knownHosts });
    expect(await good.check?.(operationContext())).toEqual([]);
    const knownHosts = join(testDirectory(), "known_hosts");
    await writeFile(knownHosts, `[${host}]:${port} ${server.hostKey}\n`);
    const before = strict.log();
    const source = await makeSource({ ...known, knownHosts });
    await expect(source.resolve({}, operationContext())).rejects.toMatchObject({
      code: "HWS_TRANSPORT_HOST_KEY",
    });
    expect(strict.log().slice(before.length)).not.toContain("password");
  });

  test("options that do not go together, and paths that no server has, are refused before anything is sent", async () => {
    const path = "/srv/site";
    const refused = { code: "HWS_SFTP_OPTION" };
    await expect(makeSource(optionsFor(server, { path, stripComponents: 1 }))).rejects.toMatchObject(refused);
    for (const more of [{ exclude: ["a"] }, { connections: 2 }])
      await expect(makeSource(optionsFor(server, { path: "/a.zip", ...more }))).rejects.toMatchObject(
        refused,
      );
    for (const odd of ["~/site", "/a\nb", "/a\0b"])
      await expect(makeSource(optionsFor(server, { path: odd }))).rejects.toMatchObject(refused);
    await expect(makeSource(optionsFor(server, { path, exclude: ["../x"] }))).rejects.toMatchObject({
      code: "HWS_SFTP_PATTERN",
    });
    for (const host of ["-oProxyCommand=id", "a b", "$(id)"]) {
      const source = await makeSource(optionsFor({ ...server, host }, { path }));
      await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_SSH_HOST" });
    }
  });
});

test("a jump host is gone through", async () => {
  const { at, path } = site();
  await write(at, { a: "1" });
  await using jump = await startSftpServer({ sshd: ["AllowTcpForwarding yes"] });
  const both = join(testDirectory(), "known_hosts");
  await writeFile(both, readFileSync(server.knownHosts, "utf8") + readFileSync(jump.knownHosts, "utf8"));
  // One key for both: that of the jump host is let in at the target too.
  await writeFile(
    join(server.directory, "../authorized_keys"),
    readFileSync(`${server.privateKey}.pub`, "utf8") + readFileSync(`${jump.privateKey}.pub`, "utf8"),
  );
  const options = optionsFor({ ...server, knownHosts: both, privateKey: jump.privateKey }, { path });
  const source = await makeSource({ ...options, jump: `${jump.user}@${jump.host}:${jump.port}` });
  expect(await readTree(await fetched(source))).toEqual({ a: "1" });
});
