import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunResult } from "@hawser/core";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { installerWith } from "./config.ts";
import { ending, type HawserEnd } from "./hawser-process.ts";
import type { Expected } from "./invariants.ts";
import { openStage, type Stage } from "./stage.ts";
import { everything, isOpen } from "./watching.ts";

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
const folders = (): string[] => stage.fleet.instances.map(({ folder }) => folder);
const shared = (folder: string, name: string): string => join(folder, "shared", name);

/** Each test ships releases of its own, so that no command is answered from what another test recorded. */
let shipped = 0;
const next = (): string => stage.refs[shipped++] ?? "no version is left";

/** What the installer does beside its check; null takes an option away that an earlier test gave. */
const nothing = { install: [], activate: [], once: {}, shared: [], secrets: [] };
const installing = (options: object): Promise<void> =>
  stage.configure(installerWith({ ...nothing, ...options }));

beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 16 }),
    config: (config) => ({ ...config, rollout: { waves: [1, "100%"] } }),
  });
  expect(ending(await stage.hawser("deploy", "--ref", next()))).toBe("0 done");
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const folder of folders()) await rm(join(folder, "shared"), { recursive: true, force: true });
  for (const folder of folders()) await mkdir(join(folder, "shared"));
  await installing({});
});

/** A deploy that must fail and leave everything as it was, with no run open. */
const failing = async (
  ref: string,
  expected: Expected = {},
): Promise<HawserEnd & { readonly result: RunResult }> => {
  const before = await everything(stage);
  const end = await stage.hawser("deploy", "--ref", ref);
  expect(await everything(stage)).toEqual(before);
  expect(await isOpen(stage)).toBe(false);
  expect(await stage.invariants(expected)).toEqual([]);
  if (end.result === undefined) throw new Error(end.stderr);
  return { ...end, result: end.result };
};

/** The processes of an instance whose command line holds a word that only they have. */
const processes = async (word: string): Promise<string[]> => {
  const found = await Promise.all(
    stage.fleet.instances.map(({ id }) =>
      stage.fleet.exec(id, ["pgrep", "-f", `[${word[0]}]${word.slice(1)}`]),
    ),
  );
  return found.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line !== ""));
};

/** How it ended, without the words that people read. */
const short = (result: RunResult | undefined): string =>
  `${result?.exitCode} ${result?.outcome} ${result?.error?.code}`;

const logged = (result: RunResult): string => `hawser logs ${result.run}`;

test("a migration that fails halfway switches nothing, says what the database said, and runs again once it is mended", async () => {
  const database = '"$HAWSER_ROOT/shared/shop.sqlite"';
  const migrate = (sql: string) => ({
    once: { before: [{ name: "migrate", run: `sqlite3 -bail ${database} "${sql}"`, compatible: false }] },
  });
  const tables = (): string =>
    folders()
      .filter((folder) => existsSync(shared(folder, "shop.sqlite")))
      .map((folder) =>
        execFileSync("sqlite3", [shared(folder, "shop.sqlite"), ".tables"], { encoding: "utf8" }),
      )
      .join()
      .trim();
  const ref = next();
  await installing(migrate("CREATE TABLE first(a); INSERT INTO absent VALUES (1); CREATE TABLE second(a);"));
  const { result } = await failing(ref);
  expect(short(result)).toBe("1 untouched HWS_COMMAND_FAILED");
  expect(result.error?.message).toContain("migrate");
  expect(result.error?.output).toContain("no such table: absent");
  expect(result.error?.hint).toContain("hawser logs");
  expect(result.next).toContain(logged(result));
  expect(result.ran.join()).toContain("migrate on web1");
  expect(tables()).toBe("first");
  expect((await stage.plainly("logs", result.run ?? "")).stdout).toContain("no such table: absent");

  await installing(migrate("CREATE TABLE IF NOT EXISTS first(a); CREATE TABLE second(a);"));
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toBe("0 done");
  expect(tables()).toBe("first   second");
  expect(await stage.invariants()).toEqual([]);
});

test("a hook that hangs is killed at its limit with all that it started, and the wave is put back", async () => {
  const hang = "setsid sleep 98765 & sleep 98764 & trap '' TERM; while :; do sleep 98763; done";
  await installing({ activate: [{ name: "hang", run: hang, timeoutMs: 1_500 }] });
  const { result } = await failing(next());
  expect(short(result)).toBe("1 putBack HWS_COMMAND_TIMED_OUT");
  expect(result.error).toMatchObject({ instance: "web1", step: "activate" });
  expect(result.error?.hint).toContain("timeoutMs");
  expect(result.next).toContain(logged(result));
  expect(await processes("sleep 9876")).toEqual([]);
});

test("a hook that forks and leaves a child does not hold the run up, and the child is left alone", async () => {
  const fork = "sleep 87654 & setsid sleep 87653 & echo forked";
  await installing({ activate: [{ name: "fork", run: fork, timeoutMs: 60_000 }] });
  expect(ending(await stage.hawser("deploy", "--ref", next()))).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
  const left = await processes("sleep 8765");
  expect(left).toHaveLength(4);
  for (const { id } of stage.fleet.instances) await stage.fleet.exec(id, ["pkill", "-f", "[s]leep 8765"]);
});

/** The most memory that a command of Hawser had resident, in MiB, while it deployed. */
const peakOf = async (...argv: string[]): Promise<{ readonly end: HawserEnd; readonly peak: number }> => {
  const deploy = stage.start("deploy", ...argv);
  let peak = 0;
  const look = setInterval(() => {
    if (!existsSync(`/proc/${deploy.pid}/status`)) return;
    const [, kilobytes = "0"] =
      /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${deploy.pid}/status`, "utf8")) ?? [];
    peak = Math.max(peak, Number(kilobytes) / 1024);
  }, 50);
  try {
    return { end: await deploy.ended, peak };
  } finally {
    clearInterval(look);
  }
};

test("a hook that prints a gigabyte is cut, ends by its exit code, and fills neither the deployer's memory nor a disk", async () => {
  const flood = "head -c 1000000000 /dev/zero | tr '\\0' x";
  const quiet = await peakOf("--ref", next());
  expect(ending(quiet.end)).toBe("0 done");
  await installing({ install: [{ name: "flood", run: flood, timeoutMs: 120_000 }] });
  const loud = await peakOf("--ref", next());
  expect(ending(loud.end)).toBe("0 done");
  expect(loud.peak).toBeLessThan(quiet.peak + 48);
  for (const folder of folders()) {
    const commands = join(folder, ".hawser/commands");
    for (const key of (await readdir(commands)).filter((name) => name.endsWith(".flood")))
      expect((await stat(join(commands, key, "log"))).size).toBeLessThan(2 << 20);
  }
  await installing({ install: [{ name: "flood", run: `${flood}; exit 3`, timeoutMs: 120_000 }] });
  const { result } = await failing(next());
  expect(short(result)).toBe("1 untouched HWS_COMMAND_FAILED");
  expect(result.error?.output?.length).toBeLessThan(10_000);
  expect(result.next).toContain(logged(result));
});

test("a hook that writes into `current` is told of as drift, and the release is clean again when a rollback needs it", async () => {
  const [old, scribbled] = [next(), next()];
  expect(ending(await stage.hawser("deploy", "--ref", old))).toBe("0 done");
  const scribble = { name: "scribble", run: 'echo scribbled >"$HAWSER_ROOT/current/release.txt"' };
  // Into the release in service, while the next one is installed, and into the next one itself.
  await installing({ install: [scribble], activate: [scribble] });
  expect(ending(await stage.hawser("deploy", "--ref", scribbled))).toBe("0 done");
  const status = await stage.hawser("status");
  expect(status.result?.instances.map(({ id, drift }) => [id, drift])).toEqual([
    ["web1", ["release.txt"]],
    ["web2", ["release.txt"]],
  ]);
  const text = (release: string | null): string[] =>
    folders().map((folder) => readFileSync(join(folder, "releases", release ?? "", "release.txt"), "utf8"));
  const { result } = await stage.hawser("rollback");
  expect(result).toMatchObject({ outcome: "done" });
  for (const read of text(result?.release ?? null)) expect(read).not.toContain("scribbled");
  expect(await stage.invariants()).toEqual([]);
});

test("a secret that is not given stops the run before it begins, and is named with where it is looked for", async () => {
  await installing({
    secrets: ["APP_KEY"],
    install: [{ name: "key", run: 'test "$HAWSER_SECRET_APP_KEY" = open' }],
  });
  const ref = next();
  const { result } = await failing(ref);
  expect(short(result)).toBe("1 untouched HWS_INSTALLER_SECRET_MISSING");
  expect(result.error?.message).toContain("APP_KEY");
  expect(result.error?.hint).toContain("set the variable");
  expect(ending(await stage.hawserThrough(["env", "APP_KEY=open"], "deploy", "--ref", ref))).toBe("0 done");
});

test("a shared path that is a file in one release and a directory in the next stops the run before anything is switched", async () => {
  const prepare = (command: string) => ({
    prepare: [
      `mkdir -p public && printf '%s\\n' "$HAWSER_REVISION" | tee release.txt > public/release.txt`,
      command,
    ],
  });
  for (const folder of folders()) await writeFile(shared(folder, "conf"), "shared");
  await installing({ ...prepare(":"), shared: ["conf"] });
  expect(ending(await stage.hawser("deploy", "--ref", next()))).toBe("0 done");

  const ref = next();
  await installing({ ...prepare("mkdir conf && echo new >conf/app.ini"), shared: ["conf"] });
  const { result } = await failing(ref, { generated: ["conf"] });
  expect(short(result)).toBe("1 untouched HWS_HOST_PATH_TYPE");
  expect(result.error?.message).toContain("shared/conf is a file");
  expect(result.error?.hint).toContain("move what is shared aside on every instance");
  expect(result.next).toContain(logged(result));
  for (const folder of folders()) expect(readFileSync(shared(folder, "conf"), "utf8")).toBe("shared");

  // Moved aside, nothing is shared there, and what the release brings needs a word.
  for (const folder of folders()) await rm(shared(folder, "conf"));
  const first = await stage.hawser("deploy", "--ref", ref);
  expect(short(first.result)).toBe("1 untouched HWS_HOST_SHARED_FIRST");
  expect(first.result?.error?.hint).toContain("adopt: true");
  await installing({ ...prepare("mkdir conf"), shared: ["conf/"] });
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toBe("0 done");
  for (const folder of folders()) expect(await readdir(shared(folder, "conf"))).toEqual([]);
});
