import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetInstance } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { madeUp } from "./application.ts";
import { ending } from "./hawser-process.ts";
import { RunJournals } from "./run-journal.ts";
import { openStage, type Stage } from "./stage.ts";
import { until } from "./watching.ts";

/** Long enough for a deployer to die and another to come. */
const slowly = (counter: string, seconds: number): string =>
  `mkdir -p "$HAWSER_ROOT/shared" && printf '%s\\n' "$HAWSER_RELEASE" >> "$HAWSER_ROOT/shared/${counter}" && sleep ${seconds}`;

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

/** Deploys with an install, and a command that runs once, that last; kills the deployer when `counter` shows that one runs. */
const killDuring = async (
  counter: "installs" | "onces",
  seconds: number,
): Promise<{ ref: string; release: string }> => {
  const ref = next();
  await stage.configure((config) => ({
    ...config,
    installer: {
      use: "@hawser/installer-script",
      with: {
        ...(config.installer?.with as object),
        install: [slowly("installs", counter === "installs" ? seconds : 0)],
        once: { before: [{ name: "migrate", run: slowly("onces", counter === "onces" ? seconds : 0) }] },
      },
    },
  }));
  const deployer = stage.start("deploy", "--ref", ref);
  const releases = join(stage.storage, "shop/releases");
  const release =
    (await deployer.event((event) => event.type === "step" && event.step === "stage")) && newest(releases);
  await until(`${release} counted`, () =>
    stage.fleet.instances.some((instance) => counted(instance, counter, release) > 0),
  );
  deployer.kill();
  expect((await deployer.ended).signal).toBe("SIGKILL");
  return { ref, release };
};

const newest = (folder: string): string => readdirSync(folder).sort().at(-1) ?? "";

/** Whether a command of a run is still under way on some instance. */
const isRunning = (run: string): boolean =>
  stage.fleet.instances.some(({ folder }) => {
    const commands = join(folder, ".hawser/commands");
    return readdirSync(commands).some(
      (key) => key.startsWith(`${run}.`) && !existsSync(join(commands, key, "exit")),
    );
  });

const openRun = (): string => new RunJournals(stage.storage).open[0] ?? "none";

test.each([
  ["installs", "still runs"],
  ["installs", "has ended"],
  ["onces", "still runs"],
  ["onces", "has ended"],
] as const)(
  "resuming takes up a command (%s) that %s, and runs it no second time",
  async (counter, when) => {
    const { release } = await killDuring(counter, when === "still runs" ? 8 : 1);
    const run = openRun();
    if (when === "has ended") await until("the command has ended", () => !isRunning(run));
    else expect(isRunning(run)).toBe(true);
    expect(ending(await stage.hawser("deploy", "--resume"))).toBe("0 done");
    for (const instance of stage.fleet.instances) expect(counted(instance, "installs", release)).toBe(1);
    const onces = stage.fleet.instances.map((instance) => counted(instance, "onces", release));
    expect(onces.reduce((sum, count) => sum + count)).toBe(1);
    expect(await stage.invariants()).toEqual([]);
  },
  300_000,
);

test("a run that is abandoned while its install still runs does not keep the same revision from being deployed", async () => {
  const before = stage.current("web1");
  const { ref } = await killDuring("installs", 12);
  expect(ending(await stage.hawser("deploy", "--abandon"))).toBe("0 putBack");
  expect(stage.current("web1")).toBe(before);
  expect(isRunning(newest(join(stage.storage, "shop/top/runs")))).toBe(true);
  expect(ending(await stage.hawser("deploy", "--ref", ref))).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
}, 300_000);
