import { describe, expect, it } from "vitest";
import { cutWaves, shareOf } from "../../src/fleet/share.ts";

describe("a share of the fleet", () => {
  it("rounds a percentage down, but never below the least", () => {
    expect(shareOf("25%", 10, 1)).toBe(2);
    expect(shareOf("25%", 3, 1)).toBe(1);
    expect(shareOf("25%", 3, 0)).toBe(0);
  });

  it("is never more than the whole", () => expect(shareOf(12, 4, 1)).toBe(4));

  it("cuts waves that are cumulative, never empty, and end with everybody", () => {
    const fleet = [1, 2, 3, 4, 5];
    expect(cutWaves(fleet, [1, "50%"])).toEqual([[1], [2], [3, 4, 5]]);
    expect(cutWaves(fleet, [1, "1%", "100%"])).toEqual([[1], [2, 3, 4, 5]]);
    expect(cutWaves([], ["50%"])).toEqual([]);
  });
});
