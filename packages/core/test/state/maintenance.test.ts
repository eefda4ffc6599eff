import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import { environmentKeys } from "../../src/state/keys.ts";
import { Maintenance } from "../../src/state/maintenance.ts";
import { operation, storages } from "./storages.ts";

const context = operation();

describe.each(storages)("maintenance recorded in %s", (_name, create) => {
  let storage: Storage;
  let maintenance: Maintenance;

  beforeEach(async () => {
    storage = await create();
    maintenance = new Maintenance(storage, "shop", "production");
  });

  it("is on until it is cleared, for this environment alone", async () => {
    expect(await maintenance.read(context)).toBeUndefined();
    const { maintained, made } = await maintenance.set({ why: "a new index", run: "000007" }, context);
    expect(made).toBe(true);
    expect(maintained).toMatchObject({ why: "a new index", run: "000007", who: expect.anything() });
    expect(await maintenance.read(context)).toEqual(maintained);
    expect(await new Maintenance(storage, "shop", "staging").read(context)).toBeUndefined();
    await maintenance.clear(context);
    expect(await maintenance.read(context)).toBeUndefined();
    await maintenance.clear(context);
  });

  it("stays a person's whoever comes; a person takes over what a run recorded, and a run what an earlier one did", async () => {
    await maintenance.set({ why: "migrate", run: "000007" }, context);
    expect(await maintenance.set({ why: "again", run: "000007" }, context)).toMatchObject({
      made: false,
      maintained: { why: "migrate" },
    });
    expect(await maintenance.set({ why: "rebuild", run: "000009" }, context)).toMatchObject({
      made: true,
      maintained: { why: "rebuild", run: "000009" },
    });
    const { maintained } = await maintenance.set({ why: "I look at it" }, context);
    expect(maintained).toMatchObject({ why: "I look at it" });
    expect(maintained).not.toHaveProperty("run");
    for (const run of ["000010", undefined])
      expect(
        await maintenance.set({ why: "another", ...(run !== undefined && { run }) }, context),
      ).toMatchObject({
        made: false,
        maintained: { why: "I look at it" },
      });
  });

  it("is never deleted", async () => {
    const { maintenance: key } = environmentKeys("shop", "production");
    await maintenance.set({ why: "a" }, context);
    await maintenance.clear(context);
    expect(await storage.stat({ key }, context)).toBeDefined();
  });

  it("loses no word when many write at once", async () => {
    const runs = Array.from({ length: 8 }, (_, index) => String(index + 1).padStart(6, "0"));
    await Promise.all(runs.map((run) => maintenance.set({ why: `run ${run}`, run }, context)));
    const { run, why } = (await maintenance.read(context)) ?? {};
    expect(runs).toContain(run);
    expect(why).toBe(`run ${run}`);
  });
});
