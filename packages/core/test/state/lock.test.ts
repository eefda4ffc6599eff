import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Storage } from "@hawser/core/plugin";
import { MemoryStorage } from "@hawser/testkit";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type HeldLock, Lock, type LockState } from "../../src/state/lock.ts";
import { renderLock } from "../../src/state/lock-state.ts";
import { thisOwner } from "../../src/state/owner.ts";
import { code, losingAnswers, operation, replaced, storages } from "./storages.ts";

const context = operation();
const key = "shop/environments/production/lock";
const lockOn = (storage: Storage, ttlMs = 60_000) => new Lock(storage, "shop", "production", { ttlMs });

const held = async (lock: Lock, options: Partial<Parameters<Lock["acquire"]>[0]> = {}): Promise<HeldLock> => {
  const turn = await lock.acquire({ verb: "deploy", waitMs: 0, ...options }, context);
  onTestFinished(() => turn.release(operation()).catch(() => undefined));
  return turn;
};

/** The object as an owner on another machine wrote it. */
const elsewhere = (overrides: Partial<LockState> = {}): LockState => ({
  state: "held",
  epoch: 7,
  id: "7-abc",
  nonce: "00",
  beat: 3,
  ttlMs: 300,
  owner: {
    ...thisOwner({}),
    host: "ci-runner-7",
    bootId: "another-boot",
    user: "robot",
    ci: "https://ci.example/9",
  },
  verb: "deploy",
  run: "000007",
  phase: "activate",
  since: Date.now() - 300_000,
  updated: Date.now(),
  ...overrides,
});

const store = async (storage: Storage, state: LockState) => {
  const body = renderLock(state);
  await storage.put({ key, body, sizeBytes: body.length }, context);
};

describe.each(storages)("the lock on %s", (_name, create) => {
  let storage: Storage;

  beforeEach(async () => {
    storage = await create();
  });

  it("epochs rise with every owner, and the object is never deleted", async () => {
    const lock = lockOn(storage);
    for (let epoch = 1; epoch <= 3; epoch++) {
      const turn = await held(lock);
      expect(turn.epoch).toBe(epoch);
      expect((await lock.read(context))?.state).toBe("held");
      await turn.release(context);
      expect(await lock.read(context)).toMatchObject({ state: "free", epoch });
    }
  });

  it("of 40 concurrent deployers exactly one gets it, and the others hear who", async () => {
    for (let round = 1; round <= 3; round++) {
      const settled = await Promise.allSettled(
        Array.from({ length: 40 }, () => lockOn(storage).acquire({ verb: "deploy", waitMs: 0 }, context)),
      );
      const winners = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(winners).toHaveLength(1);
      expect(winners[0]?.epoch).toBe(round);
      for (const result of settled) {
        if (result.status === "rejected") expect(result.reason).toEqual(code("HWS_LOCK_BUSY"));
      }
      await winners[0]?.release(context);
    }
  });

  it("busy names holder, host, user, CI link, run, age, phase and lock id", async () => {
    await store(storage, elsewhere({ ttlMs: 60_000 }));
    const beating = (async () => {
      await sleep(100);
      await store(storage, elsewhere({ ttlMs: 60_000, nonce: "01" }));
    })();
    const error = await held(lockOn(storage)).catch((reason: unknown) => reason as Error);
    await beating;
    expect(error).toEqual(code("HWS_LOCK_BUSY"));
    const message = (error as Error).message;
    for (const part of [
      "robot@ci-runner-7",
      "deploy",
      "5 min",
      "run 000007",
      "activate",
      "https://ci.example/9",
      "7-abc",
    ]) {
      expect(message).toContain(part);
    }
    expect(error).toMatchObject({ details: { host: "ci-runner-7", run: "000007", id: "7-abc", epoch: 7 } });
  }, 60_000);

  it("a silent owner elsewhere is replaced after one and a half of its ttl, also without waiting", async () => {
    await store(storage, elsewhere({ updated: Date.now() + 3_600_000 }));
    const waits: LockState[] = [];
    const turn = await held(lockOn(storage), { onWait: (holder) => waits.push(holder) });
    expect(turn.epoch).toBe(8);
    expect(turn.before?.run).toBe("000007");
    expect(waits.map(({ id }) => id)).toEqual(["7-abc"]);
  });

  it("an owner whose beat moves is never replaced, whatever its clock says", async () => {
    let nonce = 0;
    let beating = true;
    const beat = () => store(storage, elsewhere({ nonce: String(nonce++), updated: 0 }));
    await beat();
    const beats = (async () => {
      for (; beating && nonce < 1_000; await sleep(60)) await beat();
    })();
    try {
      await expect(held(lockOn(storage), { waitMs: 1_000 })).rejects.toEqual(code("HWS_LOCK_BUSY"));
    } finally {
      beating = false;
      await beats;
    }
  });

  it("an owner that is dead on this very machine is replaced at once", async () => {
    const gone = { ...thisOwner(), pid: 2 ** 22 - 1 };
    await store(storage, elsewhere({ owner: gone, ttlMs: 600_000 }));
    expect((await held(lockOn(storage))).epoch).toBe(8);
  });

  it("a pid that is used again by another process is a dead owner", async () => {
    await store(storage, elsewhere({ owner: { ...thisOwner(), pidStart: "1" }, ttlMs: 600_000 }));
    expect((await held(lockOn(storage))).epoch).toBe(8);
  });

  it.each([
    ["another boot", { bootId: "other" }],
    ["another pid namespace", { pidSpace: "pid:[1]" }],
    ["another host", { host: `${hostname()}-2` }],
    ["an unknown boot", { bootId: "" }],
  ])("a missing process proves nothing under %s", async (_what, difference) => {
    const owner = { ...thisOwner(), pid: 2 ** 22 - 1, ...difference };
    await store(storage, elsewhere({ owner, ttlMs: 60_000 }));
    const controller = new AbortController();
    const acquiring = lockOn(storage).acquire({ verb: "deploy", waitMs: 0 }, operation(controller.signal));
    setTimeout(() => controller.abort(new Error("still waiting")), 400);
    await expect(acquiring).rejects.toThrow();
    expect((await lockOn(storage).read(context))?.epoch).toBe(7);
  });

  it("waiting gets it when the owner frees it", async () => {
    const first = await held(lockOn(storage));
    const second = held(lockOn(storage), { waitMs: 20_000 });
    await sleep(50);
    await first.release(context);
    expect((await second).epoch).toBe(2);
  });

  it("beats keep it for longer than its ttl", async () => {
    const lock = lockOn(storage, 400);
    const turn = await held(lock);
    turn.update({ run: "000001", phase: "stage" });
    await expect(held(lockOn(storage, 400), { waitMs: 1_500 })).rejects.toEqual(code("HWS_LOCK_BUSY"));
    expect(turn.lost.aborted).toBe(false);
    expect(await lock.read(context)).toMatchObject({ run: "000001", phase: "stage" });
    await turn.confirm(context, { giveUpMs: 1_000 });
  });

  it("an owner that was replaced is fenced, and its release does not free the other's lock", async () => {
    const first = await held(lockOn(storage, 400));
    await lockOn(storage).unlock(first.id, context);
    const second = await held(lockOn(storage));
    await expect(waitFor(first.lost)).resolves.toEqual(code("HWS_LOCK_FENCED"));
    await expect(first.confirm(context, { giveUpMs: 100 })).rejects.toEqual(code("HWS_LOCK_FENCED"));
    await first.release(context);
    expect(await lockOn(storage).read(context)).toMatchObject({ state: "held", id: second.id });
  });

  it("an owner that sees the lock free again, at the same epoch, is fenced all the same", async () => {
    const first = await held(lockOn(storage, 400));
    await lockOn(storage).unlock(first.id, context);
    await expect(waitFor(first.lost)).resolves.toEqual(code("HWS_LOCK_FENCED"));
    expect((await lockOn(storage).read(context))?.state).toBe("free");
  });

  it("an acquisition whose answer was lost has succeeded", async () => {
    const turn = await held(lockOn(losingAnswers(storage, 1)));
    expect(turn.epoch).toBe(1);
    await turn.confirm(context, { giveUpMs: 1_000 });
    await turn.release(context);
    expect((await lockOn(storage).read(context))?.state).toBe("free");
  });

  it("beats whose answers are lost do not lose the lock", async () => {
    const flaky = losingAnswers(storage, 6);
    const turn = await held(lockOn(flaky, 400));
    await sleep(800);
    expect(turn.lost.aborted).toBe(false);
    await turn.confirm(context, { giveUpMs: 5_000 });
  });

  it("an acquisition that was aborted leaves nothing that others wait for", async () => {
    const controller = new AbortController();
    const aborting = replaced(storage, {
      put: async (request, inner) => {
        const stored = await storage.put(request, inner);
        if (!controller.signal.aborted) {
          controller.abort(new Error("enough"));
          throw controller.signal.reason;
        }
        return stored;
      },
    });
    await expect(
      lockOn(aborting).acquire({ verb: "deploy", waitMs: 0 }, operation(controller.signal)),
    ).rejects.toThrow();
    expect((await lockOn(storage).read(context))?.state).toBe("free");
  });

  it("confirm pauses while storage is silent and goes on when the beat is confirmed", async () => {
    let silent = false;
    const moody = replaced(storage, {
      put: async (request, inner) => {
        if (silent) throw Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" });
        return storage.put(request, inner);
      },
    });
    const turn = await held(lockOn(moody, 600));
    silent = true;
    await sleep(400);
    const pauses: [number, number][] = [];
    const confirming = turn.confirm(context, {
      giveUpMs: 20_000,
      onPause: (since, until) => {
        pauses.push([since, until]);
        silent = false;
      },
    });
    await confirming;
    expect(pauses).toHaveLength(1);
    expect(pauses[0]?.[1]).toBeGreaterThan(pauses[0]?.[0] as number);
    expect(turn.lost.aborted).toBe(false);
    expect((await lockOn(storage).read(context))?.epoch).toBe(turn.epoch);
  });

  it("confirm gives up with HWS_LOCK_SILENT when storage stays silent", async () => {
    let silent = false;
    const moody = replaced(storage, {
      put: (request, inner) => (silent ? Promise.reject(new Error("no route")) : storage.put(request, inner)),
    });
    const turn = await held(lockOn(moody, 400));
    silent = true;
    await sleep(300);
    await expect(turn.confirm(context, { giveUpMs: 300 })).rejects.toEqual(code("HWS_LOCK_SILENT"));
    silent = false;
  });

  it("a watched silence is told once while nobody confirms, and lost with HWS_LOCK_SILENT when it is too long", async () => {
    let silent = false;
    const moody = replaced(storage, {
      put: (request, inner) => (silent ? Promise.reject(new Error("no route")) : storage.put(request, inner)),
    });
    const turn = await held(lockOn(moody, 400));
    let told = 0;
    turn.watch({
      giveUpMs: 900,
      onPause: () => {
        told += 1;
      },
    });
    silent = true;
    await new Promise((resolve) => turn.lost.addEventListener("abort", resolve));
    expect(turn.lost.reason).toEqual(code("HWS_LOCK_SILENT"));
    expect(told).toBe(1);
    silent = false;
  });

  it("confirm returns at once while a beat is fresh, without asking storage", async () => {
    let calls = 0;
    const counted = replaced(storage, {
      put: (request, inner) => {
        calls += 1;
        return storage.put(request, inner);
      },
    });
    const turn = await held(lockOn(counted));
    const before = calls;
    for (let i = 0; i < 100; i++) await turn.confirm(context, { giveUpMs: 1_000 });
    expect(calls).toBe(before);
  });

  it("unlock frees a lock by its id, and refuses another id", async () => {
    await store(storage, elsewhere({ ttlMs: 600_000 }));
    await expect(lockOn(storage).unlock("6-zzz", context)).rejects.toEqual(code("HWS_LOCK_OTHER"));
    await lockOn(storage).unlock("7-abc", context);
    expect((await held(lockOn(storage))).epoch).toBe(8);
    await expect(lockOn(storage).unlock("7-abc", context)).rejects.toEqual(code("HWS_LOCK_OTHER"));
  });

  it("the epoch can be raised above a fleet that saw higher ones", async () => {
    expect((await held(lockOn(storage), { epochAbove: 57 })).epoch).toBe(58);
  });

  it("release may be called twice", async () => {
    const turn = await held(lockOn(storage));
    await turn.release(context);
    const next = await held(lockOn(storage));
    await turn.release(context);
    expect(await lockOn(storage).read(context)).toMatchObject({ state: "held", id: next.id });
  });

  it.each([
    ["no JSON", "{", "HWS_STATE_CORRUPT"],
    ["a list", "[]", "HWS_STATE_CORRUPT"],
    ["a newer layout", `{"layout":2}`, "HWS_STATE_NEWER"],
    ["a prototype trick", `{"layout":1,"__proto__":{"state":"free","epoch":1}}`, "HWS_STATE_CORRUPT"],
    ["a falling epoch", `{"layout":1,"state":"free","epoch":-1}`, "HWS_STATE_CORRUPT"],
  ])("an object that is %s is refused and left as it is", async (_what, text, expected) => {
    await storage.put({ key, body: Buffer.from(text), sizeBytes: text.length }, context);
    await expect(held(lockOn(storage))).rejects.toEqual(code(expected));
    const { stream } = await storage.get({ key }, context);
    expect((await stream.toArray()).join("")).toBe(text);
  });
});

it("free, held, free again is not taken for never held, where etags are digests of the bytes", async () => {
  const etagOf = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
  const storage = new MemoryStorage({ etagOf });
  await (await held(lockOn(storage))).release(context);
  let overtaken = false;
  const slow = replaced(storage, {
    put: async (request, inner) => {
      if (!overtaken) {
        overtaken = true;
        await (await held(lockOn(storage))).release(context);
      }
      return storage.put(request, inner);
    },
  });
  const turn = await held(lockOn(slow));
  expect(overtaken).toBe(true);
  expect(turn.epoch).toBe(3);
});

function waitFor(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}
