import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ending } from "./hawser-process.ts";
import { endSilence, silence, withSilentStorage } from "./silence.ts";
import { openStage, type Stage } from "./stage.ts";
import { everything, installing, isOpen, journalOf, newestRun, until } from "./watching.ts";

const ttlMs = 6_000;
/** Waits while the file `hold` is on its instance: the member stays out of the load balancer. */
const activate = `tries=0
while [ -f "$HAWSER_ROOT/hold" ] && [ "$tries" -lt 1200 ]; do sleep 0.1; tries=$((tries + 1)); done`;

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    instances: 3,
    config: (config) =>
      installing({ activate: [activate] })({
        ...withSilentStorage(config),
        lock: { ttlMs },
        rollout: { waves: [1, "100%"] },
      }),
  });
  expect(ending(await stage.hawser("deploy", "--ref", stage.refs[0]!))).toBe("0 done");
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

test("a deployer killed between the last wave and publish leaves a fleet that nothing moves, until resume publishes", async () => {
  const before = await everything(stage);
  await silence(stage, /^put .*\/desired$/);
  const deploy = stage.start("deploy", "--ref", stage.refs[1]!);
  await until("publish was begun", async () => (await journalOf(stage)).at(-1) === "publish intent");
  deploy.kill();
  await deploy.ended;
  await endSilence(stage);
  expect(await journalOf(stage)).toContain("wave-2 done");

  const left = await everything(stage);
  expect(left).not.toEqual(before);
  const status = await stage.hawser("status");
  await sleep(4_000);
  expect(await everything(stage)).toEqual(left);
  expect(status.result?.run).toBe(await newestRun(stage));
  expect(status.result?.warnings.map(({ code }) => code)).toContain("HWS_RUN_OPEN");
  expect(status.result?.next).toEqual(
    expect.arrayContaining(["hawser deploy --resume", "hawser deploy --abandon"]),
  );

  expect(ending(await stage.hawser("deploy", "--resume"))).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
  expect(await isOpen(stage)).toBe(false);
});

interface Pause {
  readonly ref: string;
  readonly forMs: number;
  /** Resolves when storage is to go silent. */
  begins(): Promise<unknown>;
  /** Called when the run has said that it is paused. */
  told?(): Promise<unknown>;
}

const drainedNow = async (): Promise<string[]> =>
  Object.entries(await stage.balancer()).flatMap(([id, state]) =>
    state === "out" || state === "draining" ? [id] : [],
  );

const hold = async (held: boolean): Promise<void> => {
  for (const { folder } of stage.fleet.instances) {
    if (held) await writeFile(join(folder, "hold"), "");
    else await rm(join(folder, "hold"), { force: true });
  }
};

/** Deploys under load while storage answers nothing for some time. */
const pauseOf = async ({ ref, forMs, begins, told }: Pause) => {
  await using load = startLoad({ url: `${stage.url}/__release?gap=2`, rate: 50 });
  await load.flowing;
  const deploy = stage.start("deploy", "--ref", ref);
  await begins();
  const silent = Date.now();
  await silence(stage);
  const waiting = await deploy.event(
    (event) => event.type === "waiting" && event.what.startsWith("storage to answer"),
  );
  if (waiting.type !== "waiting") throw new Error("no pause was told");
  const drained = await drainedNow();
  await told?.();
  await sleep(Math.max(0, forMs - (Date.now() - silent)));
  const answered = Date.now();
  await endSilence(stage);
  const end = await deploy.ended;
  const { failed, errors } = await load.stop();
  return { end, waiting, drained, silent, answered, loss: { failed, errors } };
};

test("storage that is silent for 30 s in the middle of a wave pauses the run, which says so and goes on", async () => {
  await hold(true);
  const begins = () => until("a member is out", async () => (await drainedNow()).length > 0);
  const pause = await pauseOf({ ref: stage.refs[2]!, forMs: 30_000, begins, told: () => hold(false) });
  expect(ending(pause.end)).toBe("0 done");
  expect(pause.drained).not.toEqual([]);
  expect(pause.waiting.instances).toEqual(pause.drained);
  expect(Math.abs(pause.waiting.since - pause.silent)).toBeLessThan(ttlMs);
  expect(pause.waiting.until).toBeGreaterThan(pause.answered);
  expect(pause.loss).toEqual({ failed: 0, errors: [] });
  expect(await stage.invariants()).toEqual([]);
});

test("storage that leaves a call of the run unanswered, with nobody drained, pauses the run too", async () => {
  const begins = async () => {
    await until("the last wave began", async () => (await journalOf(stage)).at(-1) === "wave-2 intent");
    await silence(stage, /^put .*\/journal\//);
    const fresh = stage.current("web1");
    await until("all instances are switched", () =>
      stage.fleet.instances.every(({ id }) => stage.current(id) === fresh),
    );
    await until("all members are in", async () => (await drainedNow()).length === 0);
  };
  const pause = await pauseOf({ ref: stage.refs[3]!, forMs: 6_000, begins });
  expect(ending(pause.end)).toBe("0 done");
  expect(pause.waiting.instances).toEqual([]);
  expect(pause.loss).toEqual({ failed: 0, errors: [] });
  expect(await stage.invariants()).toEqual([]);
});
