import { HawserError } from "@hawser/core/plugin";
import { operationContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { Batch } from "../src/batch.ts";
import { SharedLook } from "../src/shared-look.ts";

describe("a look that many share", () => {
  it("began after each of them asked", async () => {
    let value = 0;
    let begun = 0;
    const look = new SharedLook(async () => {
      begun += 1;
      const seen = value;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return seen;
    });
    const first = look.fresh();
    value = 1;
    const later = [look.fresh(), look.fresh(), look.fresh()];
    expect(await first).toBe(0);
    expect(await Promise.all(later)).toEqual([1, 1, 1]);
    expect(begun).toBe(2);
  });

  it("that fails is made anew for who asks next", async () => {
    let begun = 0;
    const look = new SharedLook(async () => {
      begun += 1;
      if (begun === 1) throw new Error("once");
      return "seen";
    });
    await expect(look.fresh()).rejects.toThrow("once");
    expect(await look.fresh()).toBe("seen");
  });
});

describe("changes that are wanted at once", () => {
  it("go out together, and no more than the most in one call", async () => {
    const sent: number[] = [];
    const batch = new Batch<number>(3, async (items) => void sent.push(items.length));
    await Promise.all([1, 2, 3, 4].map((item) => batch.add(item, operationContext())));
    expect(sent.sort()).toEqual([1, 3]);
  });

  it("go out alone when one of them is refused, and fail alone", async () => {
    const batch = new Batch<string>(10, async (items) => {
      if (items.includes("bad")) throw new HawserError("HWS_LB_AWS_REFUSED", "no");
    });
    const done = await Promise.allSettled(
      ["good", "bad", "fine"].map((item) => batch.add(item, operationContext())),
    );
    expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("all fail when what failed may pass", async () => {
    let calls = 0;
    const batch = new Batch<string>(10, async () => {
      calls += 1;
      throw new HawserError("HWS_AWS_BUSY", "later", { retryable: true });
    });
    await Promise.allSettled(["a", "b"].map((item) => batch.add(item, operationContext())));
    expect(calls).toBe(1);
  });

  it("are not sent for who has given up", async () => {
    const sent: string[] = [];
    const batch = new Batch<string>(10, async (items) => void sent.push(...items));
    const stop = new AbortController();
    const given = batch.add("given up", operationContext({ signal: stop.signal }));
    const wanted = batch.add("wanted", operationContext());
    stop.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await wanted;
    expect(sent).toEqual(["wanted"]);
  });
});
