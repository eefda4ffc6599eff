import { describe, expect, it } from "vitest";
import { Axis } from "../src/picture/axis.ts";

const hour = 3_600_000;

describe("the axis", () => {
  it("goes from the beginning to the end, and no further", () => {
    const axis = new Axis([{ from: 1_000, to: 3_000 }]);
    expect([500, 1_000, 2_000, 3_000, 9_000].map((time) => axis.at(time))).toEqual([0, 0, 50, 100, 100]);
    expect(axis.pauses).toEqual([]);
  });

  it("gives a pause between two deployers a small width, however long it was", () => {
    const axis = new Axis([
      { from: 0, to: 10_000 },
      { from: 5 * hour, to: 5 * hour + 10_000 },
    ]);
    expect(axis.pauses).toEqual([{ left: 48.5, width: 3 }]);
    expect(axis.at(10_000)).toBe(48.5);
    expect(axis.at(2 * hour)).toBe(48.5);
    expect(axis.at(5 * hour)).toBe(51.5);
    expect(axis.at(5 * hour + 10_000)).toBe(100);
    expect(axis.ticks().some(({ ms }) => ms === 5 * hour)).toBe(true);
  });

  it.each([1, 900, 61_000, 3 * hour, 40 * 24 * hour])("has a few round ticks over %i ms", (length) => {
    const ticks = new Axis([{ from: 7, to: 7 + length }]).ticks();
    expect(ticks.length).toBeLessThan(60);
    expect(ticks[0]).toEqual({ at: 0, ms: 0 });
    for (const { at } of ticks) expect(at).toBeLessThanOrEqual(100);
  });

  it("stands for a run that took no time at all", () => {
    const axis = new Axis([{ from: 5, to: 5 }]);
    expect(axis.span({ from: 5, to: 5 })).toEqual({ left: 0, width: 0.4 });
  });

  it("keeps many pauses from taking the whole width", () => {
    const axis = new Axis(
      Array.from({ length: 100 }, (_, index) => ({ from: index * 10, to: index * 10 + 5 })),
    );
    expect(axis.at(995)).toBeCloseTo(100);
    expect(axis.pauses.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(40);
  });
});
