import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import { Desired, type DesiredMove } from "../../src/state/desired.ts";
import { code, losingAnswers, operation, storages } from "./storages.ts";

const digest = (letter: string) => `sha256-${letter.repeat(64)}`;
const move = (release: string, expectVersion: number, epoch = 1): DesiredMove => ({
  to: {
    epoch,
    release,
    manifest: digest("a"),
    plan: digest("b"),
    previous: null,
    run: "000001",
    updated: 1_700_000_000_000,
  },
  expectVersion,
  epoch,
});

describe.each(storages)("the desired state on %s", (_name, create) => {
  const context = operation();
  let storage: Storage;
  let desired: Desired;

  beforeEach(async () => {
    storage = await create();
    desired = new Desired(storage, "shop", "production");
  });

  it("is undefined before the first move", async () => {
    expect(await desired.read(context)).toBeUndefined();
  });

  it("reads back what was moved, with a rising version", async () => {
    const reason = "50 % faster\nand: a second line – ü";
    const first = await desired.move(
      { ...move("000001", 0), to: { ...move("000001", 0).to, reason } },
      context,
    );
    expect(first).toMatchObject({ application: "shop", environment: "production", version: 1 });
    expect((await desired.read(context))?.state).toEqual(first);
    const back = { ...move("000002", 1), to: { ...move("000002", 1).to, previous: "000001" } };
    expect(await desired.move(back, context)).toMatchObject({ version: 2, previous: "000001" });
  });

  it("keeps the top level and an environment apart", async () => {
    const top = new Desired(storage, "shop", "");
    await top.move(move("000001", 0), context);
    expect(await desired.read(context)).toBeUndefined();
    expect((await top.read(context))?.state.environment).toBe("");
  });

  it("another version than the expected one is HWS_STATE_MOVED", async () => {
    await desired.move(move("000001", 0), context);
    await expect(desired.move(move("000002", 0), context)).rejects.toEqual(code("HWS_STATE_MOVED"));
    await expect(desired.move(move("000002", 2), context)).rejects.toEqual(code("HWS_STATE_MOVED"));
    expect((await desired.read(context))?.state.release).toBe("000001");
  });

  it("a state of a higher epoch is HWS_STATE_FENCED, whatever version was expected", async () => {
    await desired.move(move("000001", 0, 5), context);
    await expect(desired.move(move("000002", 1, 4), context)).rejects.toEqual(code("HWS_STATE_FENCED"));
    await desired.move(move("000002", 1, 5), context);
  });

  it("of 40 concurrent moves exactly one succeeds", async () => {
    for (let round = 0; round < 3; round++) {
      const settled = await Promise.allSettled(
        Array.from({ length: 40 }, (_, i) => desired.move(move(String(100_000 + i), round), context)),
      );
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of settled) {
        if (result.status === "rejected") expect(result.reason).toEqual(code("HWS_STATE_MOVED"));
      }
    }
  });

  it("a move whose answer was lost has succeeded, and counts once", async () => {
    const cut = new Desired(losingAnswers(storage, 1), "shop", "production");
    expect(await cut.move(move("000001", 0), context)).toMatchObject({ version: 1 });
    expect(await cut.move(move("000002", 1), context)).toMatchObject({ version: 2 });
  });

  it("a storage younger than the fleet goes on above the fleet's version", async () => {
    expect(await desired.move({ ...move("000001", 0), versionAbove: 57 }, context)).toMatchObject({
      version: 58,
    });
  });

  it.each([
    ["another application's", "application: shop", "application: shop2", "HWS_STATE_CORRUPT"],
    ["another environment's", "environment: production", "environment: staging", "HWS_STATE_CORRUPT"],
    ["a cut", "release: 000001\n", "", "HWS_STATE_CORRUPT"],
    ["a doubled", "epoch: 1\n", "epoch: 1\nepoch: 9\n", "HWS_STATE_CORRUPT"],
    ["a hostile", "release: 000001", "release: ../../etc", "HWS_STATE_CORRUPT"],
    ["a newer Hawser's", "hawser-desired: 1", "hawser-desired: 2", "HWS_STATE_NEWER"],
  ])("refuses %s desired state and does not write over it", async (_what, from, to, expected) => {
    await desired.move(move("000001", 0), context);
    const key = "shop/environments/production/desired";
    const { stream } = await storage.get({ key }, context);
    const text = (await stream.toArray()).join("").replace(from, to);
    await storage.put({ key, body: Buffer.from(text), sizeBytes: text.length }, context);
    await expect(desired.read(context)).rejects.toEqual(code(expected));
    await expect(desired.move(move("000002", 1), context)).rejects.toEqual(code(expected));
  });

  it("refuses an object too large to be one", async () => {
    const body = Buffer.alloc(2 * 1024 * 1024, "x");
    await storage.put({ key: "shop/environments/production/desired", body, sizeBytes: body.length }, context);
    await expect(desired.read(context)).rejects.toEqual(code("HWS_STATE_CORRUPT"));
  });
});
