import { describe, expect, it } from "vitest";
import { dark, light, type Palette } from "../src/look/palette.ts";

const channel = (hex: string): number => {
  const value = Number.parseInt(hex, 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

const luminance = (colour: string): number => {
  const [red, green, blue] = [1, 3, 5].map((at) => channel(colour.slice(at, at + 2))) as [
    number,
    number,
    number,
  ];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** As WCAG 2 defines it: 1 to 21. */
const contrast = (one: string, other: string): number => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

describe.each<[string, Palette]>([
  ["light", light],
  ["dark", dark],
])("the %s palette", (_name, palette) => {
  const { page, card, well, text, soft, accent, tones } = palette;
  const tooWeak = (pairs: readonly (readonly [string, string, string])[], least: number): string[] =>
    pairs.flatMap(([name, one, other]) =>
      contrast(one, other) < least ? [`${name}: ${contrast(one, other).toFixed(2)}`] : [],
    );

  it("has text that reads on every ground: 4.5 to 1", () => {
    const grounds = Object.entries({ page, card, well });
    const plain = grounds.flatMap(([name, ground]) =>
      Object.entries({ text, soft, accent }).map(
        ([ink, colour]) => [`${ink} on ${name}`, colour, ground] as const,
      ),
    );
    const toned = Object.entries(tones).flatMap(([tone, [ink, own]]) => [
      [`${tone} on its own ground`, ink, own] as const,
      ...grounds.map(([name, ground]) => [`${tone} on ${name}`, ink, ground] as const),
    ]);
    expect(tooWeak([...plain, ...toned], 4.5)).toEqual([]);
  });

  it("has bars that stand out from what lies behind them: 3 to 1", () => {
    const bars = Object.entries(tones).flatMap(([tone, [, , fill]]) => [
      [`${tone} on well`, fill, well] as const,
      [`${tone} on card`, fill, card] as const,
    ]);
    expect(tooWeak(bars, 3)).toEqual([]);
  });
});
