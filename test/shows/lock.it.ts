import { hostname, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { ending, type HawserEnd } from "./hawser-process.ts";
import { scale } from "./scale.ts";
import { endSilence, silence, withSilentStorage } from "./silence.ts";
import { openStage, type Stage } from "./stage.ts";
import { everything, isOpen, journalOf, lockOf, until } from "./watching.ts";

const rounds = scale.name === "whole" ? 20 : 3;

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
let shipped = 0;
const next = (): string => stage.refs[++shipped]!;
beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 2 * rounds + 12 }),
    config: (config) => ({ ...withSilentStorage(config), lock: { ttlMs: 4_000 } }),
  });
  expect(ending(await stage.hawser("deploy", "--ref", stage.refs[0]!))).toBe("0 done");
}, 600_000);
afterEach(() => endSilence(stage));
afterAll(() => stage?.[Symbol.asyncDispose]());

/** Starts a deploy that stands between its last wave and publish until the silence ends. */
const standing = async (ref: string) => {
  await silence(stage, /^put .*\/desired$/);
  const deploy = stage.start("deploy", "--ref", ref);
  await until("publish was begun", async () => (await journalOf(stage)).at(-1) === "publish intent");
  await until("a beat said so", async () => (await lockOf(stage)).phase === "publish");
  return deploy;
};

const isTurnedAway = async (end: HawserEnd): Promise<void> => {
  const { error } = end.result!;
  const { id, run, owner } = await lockOf(stage);
  expect(end.exitCode).toBe(75);
  expect(error?.code).toBe("HWS_LOCK_BUSY");
  expect(owner).toMatchObject({ host: hostname(), user: userInfo().username });
  expect(error?.message).toContain(`${owner.user}@${owner.host}`);
  expect(error?.message).toContain(`run ${run}`);
  expect(error?.message).toMatch(/deploy for \d+ s/);
  expect(error?.message).toContain("at publish");
  expect(error?.message).toContain(`lock id ${id}`);
  expect(end.result?.next.join("\n")).toContain(`hawser unlock ${id}`);
};

test(`of two deploys at once, in ${rounds} rounds, exactly one runs and the other changes nothing and exits 75`, async () => {
  for (let round = 0; round < rounds; round++) {
    const refs = [next(), next()];
    const ends = await Promise.all(refs.map((ref) => stage.hawser("deploy", "--ref", ref)));
    expect(ends.map(({ exitCode }) => exitCode).sort()).toEqual([0, 75]);
    const winner = ends.find(({ exitCode }) => exitCode === 0);
    const loser = ends.find(({ exitCode }) => exitCode === 75);
    expect(loser?.result).toMatchObject({
      outcome: "untouched",
      run: null,
      error: { code: "HWS_LOCK_BUSY" },
    });
    for (const { id } of stage.fleet.instances) expect(stage.current(id)).toBe(winner?.result?.release);
  }
  expect(await stage.invariants()).toEqual([]);
});

test("who is turned away is told holder, host, run, age, phase and lock id; who waits deploys afterwards", async () => {
  const holder = await standing(next());
  await isTurnedAway(await stage.hawser("deploy", "--ref", stage.refs[0]!));
  const waiter = stage.start("deploy", "--ref", next(), "--wait=2m");
  const waiting = await waiter.event((event) => event.type === "waiting");
  expect(waiting).toMatchObject({ what: expect.stringContaining(`@${hostname()}`) });
  await endSilence(stage);
  const [first, second] = await Promise.all([holder.ended, waiter.ended]);
  expect([ending(first), ending(second)]).toEqual(["0 done", "0 done"]);
  expect(stage.current("web1")).toBe(second.result?.release);
  expect(await stage.invariants()).toEqual([]);
});

test("an owner that was paused past its lease changes nothing when it wakes, and exits 76", async () => {
  const paused = stage.start("deploy", "--ref", next());
  await until("a wave began", async () => (await journalOf(stage)).at(-1) === "wave-1 intent");
  paused.kill("SIGSTOP");
  const other = await stage.hawser("deploy", "--ref", next(), "--wait=2m");
  expect(ending(other)).toBe("0 done");
  const after = await everything(stage);
  const { epoch, id } = await lockOf(stage);
  paused.kill("SIGCONT");
  const end = await paused.ended;
  expect(end.exitCode).toBe(76);
  expect(end.result?.error?.code).toMatch(/_FENCED$/);
  await sleep(500);
  expect(await everything(stage)).toEqual(after);
  expect(await lockOf(stage)).toMatchObject({ epoch, id, state: "free" });
  expect(await stage.invariants()).toEqual([]);
});

test("the lock of an owner that was killed is taken at once on the same machine", async () => {
  await stage.configure((config) => ({ ...config, lock: { ttlMs: 3_600_000 } }));
  const dead = stage.start("deploy", "--ref", next());
  await until("a wave began", async () => (await journalOf(stage)).at(-1) === "wave-1 intent");
  dead.kill();
  await dead.ended;
  await endSilence(stage);
  expect((await lockOf(stage)).state).toBe("held");
  // Whoever waited for its time limit would wait for an hour and a half.
  const resume = await stage.hawser("deploy", "--resume");
  expect(ending(resume)).toBe("0 done");
  const waits = resume.events.filter(
    (event) => event.type === "waiting" && event.what.startsWith("the lock"),
  );
  expect(waits).toEqual([]);
  expect(await stage.invariants()).toEqual([]);
  await stage.configure((config) => ({ ...config, lock: { ttlMs: 4_000 } }));
});

test("unlock frees the lock with the id that was named, and its owner changes nothing any more", async () => {
  const owner = await standing(next());
  const { id } = await lockOf(stage);
  const wrong = await stage.hawser("unlock", "1-000000000000", "--yes");
  expect(wrong.exitCode).toBe(1);
  expect(wrong.result?.error?.code).toBe("HWS_LOCK_OTHER");
  expect(await lockOf(stage)).toMatchObject({ id, state: "held" });

  owner.kill("SIGSTOP");
  expect((await stage.hawser("unlock", id, "--yes")).exitCode).toBe(0);
  expect((await lockOf(stage)).state).toBe("free");
  await endSilence(stage);
  const resume = await stage.hawser("deploy", "--resume");
  expect(ending(resume)).toBe("0 done");
  const after = await everything(stage);
  owner.kill("SIGCONT");
  expect((await owner.ended).exitCode).toBe(76);
  expect(await everything(stage)).toEqual(after);
  expect(await isOpen(stage)).toBe(false);
  expect(await stage.invariants()).toEqual([]);
});
