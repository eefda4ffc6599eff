import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { application, environment, releaseOf } from "./releases.ts";
import { context, type LiveHost, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );

const holding = async (path: string, ...ids: string[]): Promise<{ root: string; live: LiveHost }> => {
  const root = join(folder(), "srv");
  const live = await liveHost(root, { path });
  for (const id of ids) {
    const release = await releaseOf(tree({ id }), id);
    await live.host.stage(await release.full(), context());
    await live.host.seal({ epoch: 1, release: id }, context());
  }
  return { root, live };
};

// Reads `current` in a tight loop until its input ends, and tells how often it read and how often it missed.
const reader = `
  const { readFileSync } = require("node:fs");
  let reads = 0, misses = 0, over = false;
  process.stdin.on("end", () => { over = true; }).resume();
  const turn = () => {
    for (let i = 0; i < 200; i++) { reads++; try { readFileSync(process.argv[1] + "/id"); } catch { misses++; } }
    if (over) console.log(JSON.stringify({ reads, misses })); else setImmediate(turn);
  };
  turn();`;

describe.each(shells)("activation under $name", ({ path }) => {
  test("no reader of current ever misses it, through hundreds of activations", async () => {
    const { root, live } = await holding(path, "000001", "000002");
    await using _ = live;
    await live.host.activate({ epoch: 1, release: "000001" }, context());
    const child = spawn(process.execPath, ["-e", reader, join(root, "current")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    for (let turn = 0; turn < 60; turn++) {
      for (const release of ["000002", "000001"]) {
        expect(await live.host.activate({ epoch: 1, release }, context())).toMatchObject({ changed: true });
      }
    }
    child.stdin.end();
    await once(child, "close");
    const { reads, misses } = JSON.parse(Buffer.concat(chunks).toString()) as {
      reads: number;
      misses: number;
    };
    expect(misses).toBe(0);
    expect(reads).toBeGreaterThan(1000);
  }, 120_000);

  test("a lower epoch is fenced out of every mutating verb, and a higher one is remembered", async () => {
    const { root, live } = await holding(path, "000001", "000002");
    await using _ = live;
    await live.host.activate({ epoch: 5, release: "000001" }, context());
    const stale = { epoch: 4, release: "000002" };
    const release = await releaseOf(tree({ a: "3" }), "000003");
    const { host } = live;
    const request = await release.full({ epoch: 4 });
    const calls = [
      () => host.activate(stale, context()),
      () => host.seal(stale, context()),
      () => host.link({ ...stale, shared: ["x/"], writable: [], generated: [] }, context()),
      () => host.prune({ epoch: 4, keep: [] }, context()),
      () => host.forget({ epoch: 4, prefix: "x" }, context()),
      () => host.stage(request, context()),
      () =>
        host.command(
          { epoch: 4, key: "k", name: "k", script: "true", directory: "current", env: {}, timeoutMs: 1000 },
          context(),
        ),
    ];
    for (const call of calls) expect(await failure(call())).toMatchObject({ code: "HWS_HOST_FENCED" });
    expect(readlinkSync(join(root, "current"))).toBe("releases/000001");
    expect(readdirSync(join(root, "releases"))).toEqual(["000001", "000002"]);
    expect(await host.survey({ application, environment }, context())).toMatchObject({
      epoch: 5,
      previous: null,
    });
  });

  test("a foreign current is recorded as the one before, and can be put back", async () => {
    const { root, live } = await holding(path, "000001");
    await using _ = live;
    const foreign = tree({ id: 'old\'s "path"' });
    symlinkSync(foreign, join(root, "current"));
    expect((await live.host.survey({ application, environment }, context())).current).toEqual({
      kind: "foreign",
      target: foreign,
    });
    expect(await live.host.activate({ epoch: 1, release: "000001" }, context())).toEqual({
      changed: true,
      previous: `foreign ${foreign}`,
    });
    expect(await live.host.activate({ epoch: 1, release: "foreign", target: foreign }, context())).toEqual({
      changed: true,
      previous: "000001",
    });
    expect(readlinkSync(join(root, "current"))).toBe(foreign);
    expect(await live.host.activate({ epoch: 1, release: "none" }, context())).toMatchObject({
      changed: true,
    });
    expect((await live.host.survey({ application, environment }, context())).current).toEqual({
      kind: "none",
    });
  });

  test("a release of another tool is foreign and never pruned, also where its name could be one of ours", async () => {
    const { root, live } = await holding(path, "000001");
    await using _ = live;
    const name = "20251128";
    mkdirSync(join(root, "releases", name));
    symlinkSync(`releases/${name}`, join(root, "current"));
    expect((await live.host.survey({ application, environment }, context())).current).toEqual({
      kind: "foreign",
      target: `releases/${name}`,
    });
    expect(await live.host.activate({ epoch: 1, release: "000001" }, context())).toMatchObject({
      previous: `foreign releases/${name}`,
    });
    await live.host.prune({ epoch: 1, keep: [] }, context());
    expect(readdirSync(join(root, "releases"))).toEqual(["000001", name]);
    const back = { epoch: 1, release: "foreign", target: `releases/${name}` };
    expect(await live.host.activate(back, context())).toMatchObject({ changed: true });
    expect(readlinkSync(join(root, "current"))).toBe(`releases/${name}`);
  });

  test("a release that is not installed, or a current that is a directory, is not activated", async () => {
    const { root, live } = await holding(path, "000001");
    await using _ = live;
    const two = await releaseOf(tree({ id: "2" }), "000002");
    await live.host.stage(await two.full(), context());
    expect(await failure(live.host.activate({ epoch: 1, release: "000002" }, context()))).toMatchObject({
      code: "HWS_HOST_STATE",
    });
    mkdirSync(join(root, "current"));
    expect(await failure(live.host.activate({ epoch: 1, release: "000001" }, context()))).toMatchObject({
      code: "HWS_HOST_LAYOUT",
    });
    expect(
      (await live.host.survey({ application, environment }, context())).problems.map(({ code }) => code),
    ).toEqual(["HWS_HOST_LAYOUT"]);
  });

  test("sessions that mutate at the same time take turns", async () => {
    const { root, live } = await holding(path, "000001", "000002");
    await using _ = live;
    await using other = await liveHost(root, { path });
    const turns = Array.from({ length: 20 }, (_unused, n) => [
      live.host.activate({ epoch: 1, release: "000001" }, context()),
      other.host.activate({ epoch: 1 + n, release: "000002" }, context()),
    ]).flat();
    const results = await Promise.all(turns.map(failure));
    const fenced = results.filter((result) => (result as { code?: string }).code !== undefined);
    expect(fenced.every((error) => (error as { code: string }).code === "HWS_HOST_FENCED")).toBe(true);
    expect(readlinkSync(join(root, "current"))).toBe("releases/000002");
    expect(readFileSync(join(root, ".hawser/epoch"), "utf8")).toBe("20\n");
    expect(
      readdirSync(join(root, ".hawser")).filter((name) => name.startsWith("lock.d") || name.includes("part")),
    ).toEqual([]);
  });

  test("a lock directory whose holder is dead or of another boot does not stop anybody", async () => {
    const { root, live } = await holding(path, "000001");
    await using _ = live;
    mkdirSync(join(root, ".hawser/lock.d"));
    writeFileSync(join(root, ".hawser/lock.d/1.another-boot.1"), "");
    expect(await live.host.activate({ epoch: 1, release: "000001" }, context())).toMatchObject({
      changed: true,
    });
  });

  test("prune keeps what it is told, what is current and what was before, and clears the rest", async () => {
    const { root, live } = await holding(path, "000001", "000002", "000003", "000004");
    await using _ = live;
    await live.host.activate({ epoch: 1, release: "000002" }, context());
    await live.host.activate({ epoch: 1, release: "000003" }, context());
    const pruned = await live.host.prune({ epoch: 1, keep: ["000004"] }, context());
    expect(pruned.removed).toEqual(["000001"]);
    expect(readdirSync(join(root, "releases"))).toEqual(["000002", "000003", "000004"]);
    expect(readdirSync(join(root, ".hawser/releases"))).toEqual(["000002", "000003", "000004"]);
    expect(readdirSync(join(root, ".hawser/trash"))).toEqual([]);
  });

  test("shared paths are links out of the release, filled by the first release that has them, and never followed", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const files = { "config.ini": "first", "media/logo": "logo", "a b/c\nd": "odd" };
    for (const id of ["000001", "000002"]) {
      const release = await releaseOf(tree({ ...files, "config.ini": id }), id);
      await live.host.stage(await release.full(), context());
      const shared = ["config.ini", "media", "var/log/", "a b/c\nd"];
      const ownership = shared.map((path) => ({ path, adopt: true }));
      const link = { epoch: 1, release: id, shared, writable: ["cache/x"], generated: ["out"], ownership };
      await live.host.link(link, context());
      await live.host.link(link, context());
      await live.host.seal({ epoch: 1, release: id }, context());
    }
    expect(readlinkSync(join(root, "releases/000002/var/log"))).toBe("../../../shared/var/log");
    expect(readFileSync(join(root, "releases/000002/config.ini"), "utf8")).toBe("000001");
    expect(readFileSync(join(root, "shared/a b/c\nd"), "utf8")).toBe("odd");
    expect(readFileSync(join(root, "shared/media/logo"), "utf8")).toBe("logo");
    expect((await live.host.verify({ release: "000002" }, context())).differing).toEqual([]);
    for (const wrong of ["../x", "/etc", "a/../../b", "", ".", "media/logo/x"]) {
      const request = { epoch: 1, release: "000002", shared: [wrong], writable: [], generated: [] };
      expect(await failure(live.host.link(request, context()))).toMatchObject({ code: "HWS_HOST_REQUEST" });
    }
    execFileSync("rm", ["-rf", join(root, "releases/000001/out")]);
    mkdirSync(join(root, "releases/000001/out"));
    writeFileSync(join(root, "releases/000001/out/made"), "later");
    writeFileSync(join(root, "releases/000001/extra"), "later");
    expect((await live.host.verify({ release: "000001" }, context())).differing).toEqual([
      { what: "extra", name: "extra" },
    ]);
  });
});
