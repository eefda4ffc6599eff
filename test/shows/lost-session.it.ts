import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetInstance } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { madeUp } from "./application.ts";
import { ending } from "./hawser-process.ts";
import { RunJournals } from "./run-journal.ts";
import { openStage, type Stage } from "./stage.ts";
import { until } from "./watching.ts";

/** A command that writes down that it runs; one that waits ends when `letGo` says so. */
const counting = (counter: string, waits: boolean): string => {
  const wait = '; until [ -e "$HAWSER_ROOT/shared/go-$HAWSER_RELEASE" ]; do sleep 0.1; done';
  return `mkdir -p "$HAWSER_ROOT/shared" && printf '%s\\n' "$HAWSER_RELEASE" >> "$HAWSER_ROOT/shared/${counter}"${waits ? wait : ""}`;
};

let stage: Stage;
let versions: Iterator<string>;
beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 12, files: 1_000 }),
  });
  versions = stage.refs.values();
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const next = (): string => versions.next().value as string;

/** Lines of a counter file of an instance that name a release. */
const counted = ({ folder }: FleetInstance, counter: string, release: string): number => {
  const file = join(folder, "shared", counter);
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line === release).length
    : 0;
};

/** Waits, inside an instance, until a release is being staged, and kills then what `victim` selects of `$pid`. */
const killWhileStaging = (instance: FleetInstance, victim: string) => {
  const script = `
    staging=$1/.hawser/staging
    until for each in "$staging"/*; do [ -d "$each" ] && break; done; do :; done
    for each in /proc/[0-9]*; do
      pid=\${each#/proc/}
      parent=$(sed -n 's/^PPid:[[:space:]]*//p' "$each/status" 2>/dev/null) || continue
      if ${victim}; then kill -9 "$pid" && echo "$pid"; fi
    done`;
  const child = stage.fleet.spawn(instance.id, ["sh", "-c", script, "sh", instance.root], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise<string>((resolve, reject) => {
    let killed = "";
    child.stdout?.on("data", (chunk) => {
      killed += String(chunk);
    });
    child.once("error", reject);
    child.once("close", () => resolve(killed.trim()));
  });
};

const victims = {
  "the host program": `[ "$(cat "/proc/$parent/comm" 2>/dev/null)" = sshd ] && grep -q 'unset CDPATH' "$each/cmdline" 2>/dev/null`,
  "the connection": `[ "$(cat "$each/comm" 2>/dev/null)" = sshd ] && [ "$parent" != 1 ]`,
};

test.each([
  { victim: "the host program", what: "the whole archive" },
  { victim: "the connection", what: "a delta" },
  { victim: "the host program", what: "a delta" },
] as const)(
  "when $victim dies while $what is staged, a new session ends the step",
  async ({ victim }) => {
    const [, instance] = stage.fleet.instances;
    const killing = killWhileStaging(instance!, victims[victim]);
    const end = await stage.hawser("deploy", "--ref", next());
    expect(ending(end)).toBe("0 done");
    expect(await killing).toMatch(/^\d+(\n\d+)*$/);
    const told = end.events.flatMap((event) =>
      event.type === "instance" && event.instance === instance!.id ? [event.detail ?? ""] : [],
    );
    expect(told).toContain("the session was lost: connecting again");
    expect(await stage.invariants()).toEqual([]);
  },
  300_000,
);

type Counter = "installs" | "onces";

const letGo = (release: string): void => {
  for (const { folder } of stage.fleet.instances) {
    mkdirSync(join(folder, "shared"), { recursive: true });
    writeFileSync(join(folder, "shared", `go-${release}`), "");
  }
};

const newestRelease = async (): Promise<string> =>
  (await stage.objects.keys("shop/releases/")).at(-1)?.split("/")[2] ?? "";
const openRun = async (): Promise<string> => (await new RunJournals(stage.objects).open())[0] ?? "none";

const countInstalls = async (waiting: Counter): Promise<void> => {
  const once = { before: [{ name: "migrate", run: counting("onces", waiting === "onces") }] };
  await stage.configure((config) => ({
    ...config,
    installer: {
      use: "@hawser/installer-script",
      with: {
        ...(config.installer?.with as object),
        install: [counting("installs", waiting === "installs")],
        once,
      },
    },
  }));
};

/** Deploys with an install, or a command that runs once, that waits; kills the deployer when its counter shows that it runs. */
const killDuring = async (waiting: Counter): Promise<{ ref: string; release: string }> => {
  await countInstalls(waiting);
  const ref = next();
  const deployer = stage.start("deploy", "--ref", ref);
  await deployer.event((event) => event.type === "step" && event.step === "stage");
  const release = await newestRelease();
  await until(`${release} counted`, () =>
    stage.fleet.instances.some((instance) => counted(instance, waiting, release) > 0),
  );
  deployer.kill();
  expect((await deployer.ended).signal).toBe("SIGKILL");
  return { ref, release };
};

/** Whether a command of a run is still under way on some instance. */
const isRunning = (run: string): boolean =>
  stage.fleet.instances.some(({ folder }) => {
    const commands = join(folder, ".hawser/commands");
    return readdirSync(commands).some(
      (key) => key.startsWith(`${run}.`) && !existsSync(join(commands, key, "exit")),
    );
  });

test.each([
  { command: "an install", counter: "installs", when: "still runs" },
  { command: "an install", counter: "installs", when: "has ended" },
  { command: "a command that runs once", counter: "onces", when: "still runs" },
  { command: "a command that runs once", counter: "onces", when: "has ended" },
] as const)(
  "resuming takes up $command that $when, and starts it no second time",
  async ({ counter, when }) => {
    const { release } = await killDuring(counter);
    const run = await openRun();
    expect(isRunning(run)).toBe(true);
    if (when === "has ended") {
      letGo(release);
      await until("the command has ended", () => !isRunning(run));
    }
    const resuming = stage.start("deploy", "--resume");
    const step = counter === "installs" ? "install" : "once.before";
    await resuming.event((event) => event.type === "step" && event.step === step);
    letGo(release);
    expect(ending(await resuming.ended)).toBe("0 done");
    for (const instance of stage.fleet.instances) expect(counted(instance, "installs", release)).toBe(1);
    const onces = stage.fleet.instances.map((instance) => counted(instance, "onces", release));
    expect(onces.reduce((sum, count) => sum + count)).toBe(1);
    expect(await stage.invariants()).toEqual([]);
  },
  300_000,
);

test("a release whose install outlives its abandoned run is left alone until that install has ended", async () => {
  const before = stage.current("web1");
  const { ref, release } = await killDuring("installs");
  const run = await openRun();
  expect(ending(await stage.hawser("deploy", "--abandon"))).toBe("0 putBack");
  expect(stage.current("web1")).toBe(before);
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toMatch(/^1 untouched HWS_HOST_BUSY: /);
  letGo(release);
  await until("the install has ended", () => !isRunning(run));
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
}, 300_000);
