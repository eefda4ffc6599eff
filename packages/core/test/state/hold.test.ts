import type { Storage } from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Hold } from "../../src/state/hold.ts";
import { environmentKeys } from "../../src/state/keys.ts";
import { code, losingAnswers, operation, storages } from "./storages.ts";

const context = operation();
const hour = 3_600_000;

describe.each(storages)("a hold in %s", (_name, create) => {
  let storage: Storage;
  let hold: Hold;

  beforeEach(async () => {
    storage = await create();
    hold = new Hold(storage, "shop", "production");
  });
  afterEach(() => void vi.useRealTimers());

  it("is in force until it is lifted, for this environment alone", async () => {
    expect(await hold.read(context)).toBeUndefined();
    await hold.set({ why: "stocktaking" }, context);
    expect(await hold.read(context)).toMatchObject({ why: "stocktaking", who: expect.anything() });
    expect(await new Hold(storage, "shop", "staging").read(context)).toBeUndefined();
    expect(await hold.lift(context)).toMatchObject({ why: "stocktaking" });
    expect(await hold.read(context)).toBeUndefined();
    expect(await hold.lift(context)).toBeUndefined();
  });

  it("ends by itself at its time by the clock of who looks", async () => {
    const now = Date.now();
    await hold.set({ why: "the sale", until: now + hour }, context);
    vi.useFakeTimers({ toFake: ["Date"], now: now + hour - 1 });
    expect(await hold.read(context)).toMatchObject({ until: now + hour });
    vi.setSystemTime(now + hour);
    expect(await hold.read(context)).toBeUndefined();
  });

  it("is replaced by one that ends no earlier, and by no other", async () => {
    const now = Date.now();
    await hold.set({ why: "short", until: now + hour }, context);
    await hold.set({ why: "longer", until: now + 2 * hour }, context);
    await expect(hold.set({ why: "shorter", until: now + hour }, context)).rejects.toEqual(
      code("HWS_HOLD_WEAKER"),
    );
    await hold.set({ why: "for ever" }, context);
    await expect(hold.set({ why: "short", until: now + hour }, context)).rejects.toEqual(
      code("HWS_HOLD_WEAKER"),
    );
    expect((await hold.read(context))?.why).toBe("for ever");
  });

  it("is never deleted", async () => {
    const { hold: key } = environmentKeys("shop", "production");
    await hold.set({ why: "a" }, context);
    await hold.lift(context);
    expect(await storage.stat({ key }, context)).toBeDefined();
  });

  it("loses no word when many hold and lift at once, nor an answer", async () => {
    const unsure = new Hold(losingAnswers(storage, 3), "shop", "production");
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0 ? unsure.set({ why: `reason ${index}` }, context) : hold.lift(context),
      ),
    );
    await unsure.set({ why: "the last" }, context);
    expect((await hold.read(context))?.why).toBe("the last");
  });

  it("that cannot be read is an error, and so lets nobody through", async () => {
    const { hold: key } = environmentKeys("shop", "production");
    for (const text of ["", "{}", '{"layout":1,"state":"held"}', '{"layout":2,"state":"free"}']) {
      await storage.put({ key, body: Buffer.from(text), sizeBytes: text.length }, context);
      await expect(hold.read(context)).rejects.toEqual(
        expect.objectContaining({ code: expect.stringMatching(/^HWS_STATE_(CORRUPT|NEWER)$/) }),
      );
    }
  });
});
