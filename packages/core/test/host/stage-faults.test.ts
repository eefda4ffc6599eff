import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { application, environment, releaseOf } from "./releases.ts";
import { context, killGroup, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const busy = () =>
  tree(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`d${n % 20}/f${n}`, `${n}`.repeat(200)])));
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
const staging = (root: string): readonly string[] => readdirSync(join(root, ".hawser/staging"));
const untilStaging = async (root: string): Promise<void> => {
  const begun = () => existsSync(join(root, ".hawser/staging")) && staging(root).length > 0;
  for (let tries = 0; tries < 200 && !begun(); tries++) await pause(20);
};

describe.each(shells)("staging under $name", ({ path }) => {
  test("a host program killed in the middle leaves no release, and staging again converges", async () => {
    const root = join(folder(), "srv");
    const one = await releaseOf(busy(), "000001");
    const whole = await one.full();
    const bytes = Buffer.concat(await whole.archive.open().toArray());
    {
      await using live = await liveHost(root, { path });
      const half = async function* () {
        yield bytes.subarray(0, bytes.length / 2);
        await untilStaging(root);
        killGroup(live.child, "SIGKILL");
        yield bytes.subarray(bytes.length / 2);
      };
      const cut = { ...whole, archive: { ...whole.archive, open: () => Readable.from(half()) } };
      expect(await failure(live.host.stage(cut, context()))).toMatchObject({ code: "HWS_TRANSPORT_LOST" });
    }
    expect(readdirSync(join(root, "releases"))).toEqual([]);
    expect(staging(root).length).toBe(1);
    await using live = await liveHost(root, { path });
    expect(await live.host.stage(await one.full(), context())).toMatchObject({ already: false });
    expect(staging(root)).toEqual([]);
    expect((await live.host.verify({ release: "000001" }, context())).differing).toEqual([]);
  });

  test("a stage that outlives the host program does not blame what it was sent", async () => {
    const root = join(folder(), "srv");
    const whole = await (await releaseOf(busy(), "000001")).full();
    const bytes = Buffer.concat(await whole.archive.open().toArray());
    await using live = await liveHost(root, { path });
    const half = async function* () {
      yield bytes.subarray(0, bytes.length / 2);
      await untilStaging(root);
      const ended = once(live.child, "exit");
      // Only the program itself, as the kernel picks a victim when memory runs out; a server then ends its input.
      live.child.kill("SIGKILL");
      await ended;
      live.child.stdin!.end();
      yield bytes.subarray(bytes.length / 2);
    };
    const cut = { ...whole, archive: { ...whole.archive, open: () => Readable.from(half()) } };
    expect(await failure(live.host.stage(cut, context()))).toMatchObject({ code: "HWS_TRANSPORT_LOST" });
    expect(readdirSync(join(root, "releases"))).toEqual([]);
  });

  test("a damaged, foreign or cut archive is told, stages nothing and leaves the session in step", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(busy(), "000001");
    const other = await releaseOf(tree({ "d0/f0": "other", alien: "x" }), "000001");
    const good = await one.full();
    const bytes = Buffer.concat(await good.archive.open().toArray());
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(bytes.length / 2) ^ 1, bytes.length / 2);
    for (const body of [
      gzipSync(Buffer.alloc(1024)),
      bytes.subarray(0, 3000),
      flipped,
      Buffer.from("no archive"),
    ]) {
      const wrong = {
        ...good,
        archive: { form: "tar.gz" as const, sizeBytes: body.length, open: () => Readable.from([body]) },
      };
      expect(await failure(live.host.stage(wrong, context()))).toMatchObject({ code: "HWS_HOST_DIGEST" });
    }
    const foreign = (await other.full()).archive;
    expect(await failure(live.host.stage({ ...good, archive: foreign }, context()))).toMatchObject({
      code: "HWS_HOST_DIGEST",
    });
    const manifest = { form: "full" as const, gzip: gzipSync(other.manifest.bytes) };
    expect(await failure(live.host.stage({ ...good, manifest }, context()))).toMatchObject({
      code: "HWS_HOST_DIGEST",
    });
    expect(readdirSync(join(root, "releases"))).toEqual([]);
    expect(staging(root)).toEqual([]);
    expect(await live.host.stage(good, context())).toMatchObject({ already: false, written: 300 });
  });

  test("a damaged delta leaves nothing of the new release, and a whole stage heals", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(tree({ a: "a1", b: "b" }), "000001");
    const two = await releaseOf(tree({ a: "a2", b: "b" }), "000002", one);
    await live.host.stage(await one.full(), context());
    const delta = await two.delta(one, "recycle");
    const wrong = gzipSync("a2");
    const damaged = {
      ...delta,
      archive: { form: "tar.gz" as const, sizeBytes: wrong.length, open: () => Readable.from([wrong]) },
    };
    expect(await failure(live.host.stage(damaged, context()))).toMatchObject({ code: "HWS_HOST_DIGEST" });
    expect(readdirSync(join(root, "releases"))).toEqual(["000001"]);
    expect(await live.host.stage(delta, context())).toMatchObject({ method: "recycle", already: false });
  });

  test("links that an application planted are removed before anything is written", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const outside = tree({ "config.php": "outside", "sub/a": "outside" });
    const one = await releaseOf(
      tree({ "config.php": "1", "sub/a": "1", "sub/b": "b", "media/logo": "logo" }),
      "000001",
    );
    const two = await releaseOf(
      tree({ "config.php": "2", "sub/a": "2", "sub/b": "b", "media/logo": "logo" }),
      "000002",
      one,
    );
    await live.host.stage(await one.full(), context());
    await live.host.link(
      {
        epoch: 1,
        release: "000001",
        shared: ["media"],
        writable: [],
        generated: [],
        ownership: [{ path: "media", adopt: true }],
      },
      context(),
    );
    const at = join(root, "releases/000001");
    unlinkSync(join(at, "config.php"));
    symlinkSync(join(outside, "config.php"), join(at, "config.php"));
    execFileSync("rm", ["-rf", join(at, "sub")]);
    symlinkSync(join(outside, "sub"), join(at, "sub"));
    const { differing } = await live.host.verify({ release: "000001", against: "stage" }, context());
    const files = differing.map(({ name }) => name).filter((name) => two.manifest.get(name)?.mode !== "dir");
    expect([...files].sort()).toEqual(["config.php", "media/logo", "sub/a", "sub/b"]);
    const supplement = await two.archiveOf(files);
    await live.host.stage(await two.delta(one, "recycle", { supplement }), context());
    expect(
      execFileSync("cat", [join(outside, "config.php"), join(outside, "sub/a")], { encoding: "utf8" }),
    ).toBe("outsideoutside");
    expect(readdirSync(join(outside, "sub"))).toEqual(["a"]);
    expect(readdirSync(join(root, "shared/media"))).toEqual(["logo"]);
    expect((await live.host.verify({ release: "000002", against: "stage" }, context())).differing).toEqual(
      [],
    );
  });

  test("a base in which a process lives, or that is in service, is not recycled", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(tree({ a: "1" }), "000001");
    const two = await releaseOf(tree({ a: "2" }), "000002", one);
    await live.host.stage(await one.full(), context());
    const start = { epoch: 1, name: "daemon", directory: "release:000001", env: {}, timeoutMs: 60_000 };
    await live.host.command({ ...start, key: "d", script: "sleep 30 & echo $! >pid.txt" }, context());
    const pid = Number(execFileSync("cat", [join(root, "releases/000001/pid.txt")], { encoding: "utf8" }));
    try {
      expect(await failure(live.host.stage(await two.delta(one, "recycle"), context()))).toMatchObject({
        code: "HWS_HOST_BASE_CHANGED",
        message: expect.stringContaining("a process runs in"),
      });
      expect((await live.host.prune({ epoch: 1, keep: [] }, context())).removed).toEqual([]);
    } finally {
      process.kill(pid);
    }
    await live.host.seal({ epoch: 1, release: "000001" }, context());
    await live.host.activate({ epoch: 1, release: "000001" }, context());
    expect(await failure(live.host.stage(await two.delta(one, "recycle"), context()))).toMatchObject({
      code: "HWS_HOST_BASE_CHANGED",
    });
    expect(await live.host.stage(await two.delta(one, "clone"), context())).toMatchObject({
      method: "clone",
    });
  });

  test("a full disk is told as such, leaves current as it was and nothing in staging", async () => {
    const mount = folder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", mount]);
    try {
      const root = join(mount, "srv");
      await using live = await liveHost(root, { path });
      const one = await releaseOf(tree({ a: "1" }), "000001");
      await live.host.stage(await one.full(), context());
      await live.host.seal({ epoch: 1, release: "000001" }, context());
      await live.host.activate({ epoch: 1, release: "000001" }, context());
      const large = await releaseOf(
        tree(Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`f${n}`, `${n}`.repeat(1 << 20)]))),
        "000002",
      );
      expect(await failure(live.host.stage(await large.full(), context()))).toMatchObject({
        code: "HWS_HOST_NO_SPACE",
      });
      expect(staging(root)).toEqual([]);
      expect(readdirSync(join(root, "releases"))).toEqual(["000001"]);
      expect(readlinkSync(join(root, "current"))).toBe("releases/000001");
      execFileSync("mount", ["-o", "remount,ro", mount]);
      expect(await failure(live.host.stage(await large.full(), context()))).toMatchObject({
        code: "HWS_HOST_READ_ONLY",
      });
    } finally {
      execFileSync("umount", ["-l", mount]);
    }
  });

  test("a root of another application, and one with a link in it, are refused and told by the survey", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(tree({ a: "1" }), "000001");
    await live.host.stage(await one.full(), context());
    const elsewhere = await one.full({ environment: "staging" });
    expect(await failure(live.host.stage(elsewhere, context()))).toMatchObject({ code: "HWS_HOST_OWNER" });
    const other = await live.host.survey({ application, environment: "staging" }, context());
    expect(other.problems.map(({ code }) => code)).toEqual(["HWS_HOST_OWNER"]);
    const outside = folder();
    execFileSync("mv", [join(root, "releases"), join(outside, "releases")]);
    symlinkSync(join(outside, "releases"), join(root, "releases"));
    expect(await failure(live.host.stage(await one.full(), context()))).toMatchObject({
      code: "HWS_HOST_LAYOUT",
    });
    const linked = await live.host.survey({ application, environment }, context());
    expect(linked.problems.map(({ code }) => code)).toEqual(["HWS_HOST_LAYOUT"]);
  });
});

test("a missing tar is told by the survey and by a stage", async () => {
  const bare = folder();
  execFileSync("busybox", ["--install", "-s", bare]);
  unlinkSync(join(bare, "tar"));
  // Without its own applets the shell of busybox finds only what stands in PATH.
  unlinkSync(join(bare, "sh"));
  symlinkSync(
    spawnSync("sh", ["-c", "command -v dash"], { encoding: "utf8" }).stdout.trim(),
    join(bare, "sh"),
  );
  const root = join(folder(), "srv");
  await using live = await liveHost(root, { path: bare });
  const one = await releaseOf(tree({ a: "1" }), "000001");
  const survey = await live.host.survey({ application, environment }, context());
  expect(survey.tools.tar).toBe("none");
  expect(survey.problems.map(({ code }) => code)).toEqual(["HWS_HOST_TOOL_MISSING"]);
  expect(await failure(live.host.stage(await one.full(), context()))).toMatchObject({
    code: "HWS_HOST_TOOL_MISSING",
  });
});

test("surveying and verifying write nothing below the root", async () => {
  const root = join(folder(), "srv");
  {
    await using live = await liveHost(root, { keep: false });
    await live.host.survey({ application, environment }, context());
    expect(existsSync(root)).toBe(false);
    const one = await releaseOf(tree({ a: "1" }), "000001");
    await live.host.stage(await one.full(), context());
  }
  mkdirSync(join(root, "shared/keep"));
  writeFileSync(join(root, "releases/000001/a"), "2");
  const look = () => execFileSync("find", [root, "-printf", "%p %T@ %C@\n"], { encoding: "utf8" });
  const before = look();
  await using live = await liveHost(root, { keep: false });
  await live.host.survey({ application, environment }, context());
  expect((await live.host.verify({ release: "000001" }, context())).differing).toEqual([
    { what: "changed", name: "a" },
  ]);
  expect(look()).toBe(before);
});
