import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetInstance } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { ending } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";
import { everything, installing, isOpen, journalOf, newestRun, until } from "./watching.ts";

/** Counts its starts, and goes on when the file `go` is there. */
const migrate = `mkdir -p "$HAWSER_ROOT/shared" && cd "$HAWSER_ROOT/shared" && echo start >>starts
tries=0
until [ -f go ] || [ "$tries" -gt 1200 ]; do sleep 0.1; tries=$((tries + 1)); done
echo end >>ends`;

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
let first: FleetInstance;
const shared = (name: string): string => join(first.folder, "shared", name);
const countOf = (name: string): number =>
  existsSync(shared(name)) ? readFileSync(shared(name), "utf8").split("\n").length - 1 : 0;

beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 6 }),
    config: (config) => ({ ...config, rollout: { waves: [1, "100%"] } }),
  });
  first = stage.fleet.instances[0]!;
  expect(ending(await stage.hawser("deploy", "--ref", stage.refs[0]!))).toBe("0 done");
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

/** Each test deploys a release of its own, with a command of its own that nobody ran before. */
let ships = 0;
const prepared = async (more: object = {}, options: object = {}): Promise<string> => {
  ships++;
  await rm(join(first.folder, "shared"), { recursive: true, force: true });
  await stage.configure(
    installing({ once: { before: [{ name: `migrate-${ships}`, run: migrate, ...more }] }, ...options }),
  );
  return stage.refs[ships]!;
};
const name = (): string => `migrate-${ships}`;

/** Kills the command, all that it started, and what keeps its record, on the instance. */
const killCommand = async (): Promise<void> => {
  const commands = join(first.folder, ".hawser/commands");
  const record = readdirSync(commands).find((key) => key.endsWith(`.${name()}`));
  const [keeper = ""] = readFileSync(join(commands, record!, "pid"), "utf8")
    .trim()
    .split(".");
  const kill = `groups=$(awk '{ sub(/^.*\\) /, ""); if ($3 == k || $2 == k) print $3 }' k="$1" /proc/[0-9]*/stat 2>/dev/null | sort -u)
    kill -9 "$1"
    for group in $groups; do kill -9 "-$group"; done`;
  await stage.fleet.exec(first.id, ["sh", "-c", kill, "sh", keeper]);
};

/** A deploy whose deployer is killed while its command runs. */
const deserted = async (more: object = {}, options: object = {}): Promise<string> => {
  const ref = await prepared(more, options);
  const deploy = stage.start("deploy", "--ref", ref);
  await until("the command runs", () => countOf("starts") === 1);
  deploy.kill();
  await deploy.ended;
  return ref;
};

test("a command that outlives its deployer ends by itself, and resume goes on without a second start", async () => {
  await deserted();
  const resume = stage.start("deploy", "--resume");
  await resume.event((event) => event.type === "run");
  await sleep(1_000);
  await writeFile(shared("go"), "");
  expect(ending(await resume.ended)).toBe("0 done");
  expect([countOf("starts"), countOf("ends")]).toEqual([1, 1]);
  expect(await stage.invariants()).toEqual([]);
});

test("a command that ended while nobody looked is not started again by resume", async () => {
  await deserted();
  await writeFile(shared("go"), "");
  await until("the command ended", () => countOf("ends") === 1);
  expect(ending(await stage.hawser("deploy", "--resume"))).toBe("0 done");
  expect([countOf("starts"), countOf("ends")]).toEqual([1, 1]);
});

test("a command killed half-way is never started again by itself; a person says `done`", async () => {
  const ref = await deserted();
  const run = await newestRun(stage);
  const before = await everything(stage);
  await killCommand();
  const resume = await stage.hawser("deploy", "--resume");
  expect(resume.result).toMatchObject({ exitCode: 1, error: { code: "HWS_ONCE_UNSETTLED" } });
  expect(resume.result?.error?.message).toContain(name());
  expect(resume.result?.error?.message).toContain(run);
  expect(resume.result?.error?.message).toContain(resume.result?.release ?? "no release");
  expect(resume.result?.error?.hint).toContain(`--once ${name()}=done`);
  expect(resume.result?.error?.hint).toContain(`--once ${name()}=again`);
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toContain("HWS_ONCE_UNSETTLED");
  expect(countOf("starts")).toBe(1);
  expect(await everything(stage)).toEqual(before);

  expect(ending(await stage.hawser("deploy", "--ref", ref, "--once", `${name()}=done`))).toBe("0 done");
  expect([countOf("starts"), countOf("ends")]).toEqual([1, 0]);
  expect(await stage.invariants()).toEqual([]);
});

test("a command killed half-way under a living deployer is not settled either; a person says `again`", async () => {
  const ref = await prepared();
  const deploy = stage.start("deploy", "--ref", ref);
  await until("the command runs", () => countOf("starts") === 1);
  await killCommand();
  expect(ending(await deploy.ended)).toContain("HWS_ONCE_UNSETTLED");
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toContain("HWS_ONCE_UNSETTLED");
  expect(countOf("starts")).toBe(1);
  await writeFile(shared("go"), "");
  expect(ending(await stage.hawser("deploy", "--ref", ref, "--once", `${name()}=again`))).toBe("0 done");
  expect([countOf("starts"), countOf("ends")]).toEqual([2, 1]);
  expect(await stage.invariants()).toEqual([]);
});

test("after a command that the release before cannot live with, a failing check leaves everything as it stands", async () => {
  const check = { command: 'test -e "$HAWSER_ROOT/shared/healthy"', timeoutMs: 2_000 };
  const ref = await prepared({ run: "true", compatible: false }, { check });
  const old = stage.current(first.id);
  const standsStill = async (...argv: string[]): Promise<void> => {
    const { result } = await stage.hawser("deploy", ...argv);
    expect(result).toMatchObject({ exitCode: 3, outcome: "split", error: { code: "HWS_CHECK_FAILED" } });
    expect(result?.ran.join()).toContain(name());
    expect(result?.next).toEqual(expect.arrayContaining(["hawser deploy --resume"]));
    const left = stage.fleet.instances.map(({ id }) => [id, stage.current(id)]);
    expect(left).toEqual([
      [first.id, result?.release],
      ["web2", old],
    ]);
    expect(await stage.balancer()).toEqual({ [first.id]: "out", web2: "in" });
    expect(await isOpen(stage)).toBe(true);
    expect(await journalOf(stage)).not.toContain("publish intent");
  };
  await standsStill("--ref", ref);
  await standsStill("--resume");
  for (const { folder } of stage.fleet.instances) {
    await mkdir(join(folder, "shared"), { recursive: true });
    await writeFile(join(folder, "shared/healthy"), "");
  }
  expect(ending(await stage.hawser("deploy", "--resume"))).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
});
