import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import { Marks } from "../../src/state/marks.ts";
import { Once } from "../../src/state/once.ts";
import { code, losingAnswers, operation, storages } from "./storages.ts";

const context = operation();
const plan = `sha256-${"a".repeat(64)}`;
const by = (run: string) => ({ run, instance: "web1" });

describe.each(storages)("marks on %s", (_name, create) => {
  let storage: Storage;
  let marks: Marks;

  beforeEach(async () => {
    storage = await create();
    marks = new Marks(storage, "shop", "production");
  });

  it("keep what a change does not name, and null takes a field away", async () => {
    expect(await marks.read("000001", context)).toBeUndefined();
    await marks.set("000001", { plan, good: 5, lastRun: "000001" }, context);
    await marks.set("000001", { bad: { since: 9, reason: "rolled back" } }, context);
    expect(await marks.read("000001", context)).toEqual({
      plan,
      good: 5,
      bad: { since: 9, reason: "rolled back" },
      lastRun: "000001",
    });
    await marks.set("000001", { bad: null }, context);
    expect(await marks.read("000001", context)).toEqual({ plan, good: 5, lastRun: "000001" });
  });

  it("of one environment are not those of another", async () => {
    await marks.set("000001", { plan, lastRun: "000001" }, context);
    expect(await new Marks(storage, "shop", "").list(context)).toEqual(new Map());
    expect([...(await marks.list(context)).keys()]).toEqual(["000001"]);
  });

  it("concurrent changes lose none", async () => {
    await Promise.all([
      ...Array.from({ length: 5 }, () => marks.set("000001", { good: 5 }, context)),
      marks.set("000001", { plan }, context),
      marks.set("000001", { lastRun: "000003" }, context),
    ]);
    expect(await marks.read("000001", context)).toEqual({ plan, good: 5, lastRun: "000003" });
  });
});

describe.each(storages)("run-once commands on %s", (_name, create) => {
  let storage: Storage;
  let once: Once;

  beforeEach(async () => {
    storage = await create();
    once = new Once(storage, "shop", "production");
  });

  it("start once, of 40 deployers", async () => {
    const settled = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => once.start("000001", "migrate", by(String(100_000 + i)), context)),
    );
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of settled) {
      if (result.status === "rejected") expect(result.reason).toEqual(code("HWS_STATE_ONCE_STARTED"));
    }
  });

  it("that started and have no end are never started again by themselves, nor those that ended", async () => {
    await once.start("000001", "migrate", by("000001"), context);
    expect(await once.read("000001", "migrate", context)).toMatchObject({ run: "000001", instance: "web1" });
    await expect(once.start("000001", "migrate", by("000002"), context)).rejects.toMatchObject({
      code: "HWS_STATE_ONCE_STARTED",
      message: expect.stringContaining("run 000001 on web1"),
      hint: expect.stringContaining("--once migrate=done"),
    });
    await once.end("000001", "migrate", { exit: 0 }, context);
    expect(await once.read("000001", "migrate", context)).toMatchObject({
      exit: 0,
      ended: expect.any(Number),
    });
    await expect(once.start("000001", "migrate", by("000002"), context)).rejects.toEqual(
      code("HWS_STATE_ONCE_STARTED"),
    );
  });

  it("start again after a person said so, and exactly once", async () => {
    await once.start("000001", "migrate", by("000001"), context);
    await once.settle("000001", "migrate", "again", context);
    const settled = await Promise.allSettled(
      ["000002", "000003"].map((run) => once.start("000001", "migrate", by(run), context)),
    );
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("settled as done count as ended with success", async () => {
    await once.start("000001", "migrate", by("000001"), context);
    await once.settle("000001", "migrate", "done", context);
    expect(await once.read("000001", "migrate", context)).toMatchObject({ exit: 0, settled: "done" });
  });

  it("that never started cannot be settled", async () => {
    await expect(once.settle("000001", "migrate", "done", context)).rejects.toEqual(
      code("HWS_STATE_ONCE_UNKNOWN"),
    );
  });

  it("a start whose answer was lost is one's own", async () => {
    await new Once(losingAnswers(storage, 1), "shop", "production").start(
      "000001",
      "m",
      by("000001"),
      context,
    );
    expect(await once.read("000001", "m", context)).toMatchObject({ run: "000001" });
  });

  it("belong to their release and environment, and are listed with both", async () => {
    await once.start("000001", "migrate", by("000001"), context);
    await once.start("000002", "migrate", { ...by("000001"), compatible: false }, context);
    await new Once(storage, "shop", "").start("000001", "migrate", by("000001"), context);
    expect(await once.list(context)).toEqual([
      { release: "000001", name: "migrate", started: expect.any(Number), ...by("000001") },
      {
        release: "000002",
        name: "migrate",
        started: expect.any(Number),
        compatible: false,
        ...by("000001"),
      },
    ]);
  });
});
