import { existsSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunResult } from "@hawser/core";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { ending } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";
import { intoClosedPipe, onTerminal } from "./terminal.ts";
import { everything, installing, isOpen, journalOf, lockOf, until } from "./watching.ts";

/** Waits for the file `go` on its instance; a deployer that waits for it would wait for long. */
const activate = `tries=0
until [ -f "$HAWSER_ROOT/go" ] || [ "$tries" -gt 1200 ]; do sleep 0.1; tries=$((tries + 1)); done`;

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
let shipped = 0;
beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 8 }),
    config: (config) => ({ ...config, rollout: { waves: [1, "100%"] } }),
  });
  expect(ending(await stage.hawser("deploy", "--ref", stage.refs[0]!))).toBe("0 done");
  await stage.configure(installing({ activate: [activate] }));
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const letGo = async (): Promise<void> => {
  for (const { folder } of stage.fleet.instances) await writeFile(join(folder, "go"), "");
};
const next = async (): Promise<string> => {
  for (const { folder } of stage.fleet.instances) await rm(join(folder, "go"), { force: true });
  shipped++;
  return stage.refs[shipped]!;
};
const file = (): string => join(stage.folder, "result.json");
const written = (): RunResult => JSON.parse(readFileSync(file(), "utf8")) as RunResult;
beforeEach(() => rm(join(stage.folder, "result.json"), { force: true }));

/** Resolves when the first wave is switching its instance. */
const switching = async (): Promise<void> => {
  const before = stage.current("web1");
  await until("the first instance is switched", () => stage.current("web1") !== before);
};

/** What a run that was stopped at once leaves; resume ends it well. */
const leftOpen = async (result: RunResult): Promise<void> => {
  expect(result).toMatchObject({ exitCode: 130, outcome: "interrupted" });
  expect(result.next).toEqual(expect.arrayContaining(["hawser deploy --resume", "hawser deploy --abandon"]));
  expect((await lockOf(stage)).state).toBe("free");
  expect(await isOpen(stage)).toBe(true);
  await letGo();
  expect(ending(await stage.hawser("deploy", "--resume"))).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
};

test("the first Ctrl-C on a terminal begins no wave, puts back what was switched, and exits 130", async () => {
  const before = await everything(stage);
  const terminal = onTerminal(stage, "deploy", "--ref", await next(), "--result", file());
  await switching();
  terminal.interrupt();
  await until("it says what it does", () => terminal.screen.includes("put back"));
  await letGo();
  expect(await terminal.ended).toBe(130);
  expect(written()).toMatchObject({ exitCode: 130, outcome: "putBack" });
  expect(await journalOf(stage)).not.toContain("wave-2 intent");
  expect(await everything(stage)).toEqual(before);
  expect((await lockOf(stage)).state).toBe("free");
  expect(await isOpen(stage)).toBe(false);
});

test("the second Ctrl-C ends at once, with the lock free, an open run, and the command to go on with", async () => {
  const terminal = onTerminal(stage, "deploy", "--ref", await next(), "--result", file());
  await switching();
  terminal.interrupt();
  await until("it says what it does", () => terminal.screen.includes("put back"));
  terminal.interrupt();
  // The command on the instance still waits: whoever waited for it would not end.
  expect(await terminal.ended).toBe(130);
  expect(terminal.screen).toContain("hawser deploy --resume");
  await leftOpen(written());
});

test("without a terminal SIGTERM ends at once, with the lock free and an open run", async () => {
  const deploy = stage.start("deploy", "--ref", await next());
  await switching();
  deploy.kill("SIGTERM");
  const end = await deploy.ended;
  expect(end.exitCode).toBe(130);
  await leftOpen(end.result!);
});

test("without a terminal SIGINT ends at once, with the lock free and an open run", async () => {
  const deploy = stage.start("deploy", "--ref", await next());
  await switching();
  deploy.kill("SIGINT");
  const end = await deploy.ended;
  expect(end.exitCode).toBe(130);
  await leftOpen(end.result!);
});

const goesOnToItsEnd = async (): Promise<void> => {
  await sleep(1_000);
  await letGo();
  await until("the result is written", () => existsSync(file()));
  expect(written()).toMatchObject({ exitCode: 0, outcome: "done" });
  expect(await stage.invariants()).toEqual([]);
};

test("a closed terminal does not stop a run, and its result is written", async () => {
  const terminal = onTerminal(stage, "deploy", "--ref", await next(), "--result", file());
  await switching();
  terminal.close();
  await terminal.ended;
  await goesOnToItsEnd();
});

test("a reader of standard output that goes away does not stop a run, and its result is written", async () => {
  const ended = intoClosedPipe(stage, "deploy", "--ref", await next(), "--result", file());
  await switching();
  await goesOnToItsEnd();
  expect(await ended).toBe(0);
});
