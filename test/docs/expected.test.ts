import { describe, expect, it } from "vitest";
import { isAsSaid } from "../shows/pages/expected.ts";

describe("what a page says that one sees", () => {
  it.each([
    ["a line as it stands", "desired: release 000001\n", "desired: release 000001\n"],
    [
      "another moment, span, size, revision",
      "17:44:16 1c5f6f9 3.7 s 804 B\n",
      "09:01:59 4b979e2 12.0 ms 3 kB\n",
    ],
    ["other widths of columns", "web1  web   000001\n", "web1      web 000001\n"],
    ["any lines for a line of …", "…\nlast\n", "first\nsecond\nlast\n"],
    [
      "any text for … in a line",
      "release 000001 (…) is in service\n",
      "release 000001 (main) is in service\n",
    ],
    ["the glyphs of no terminal", "✓ 000001 → 000002\n", "+ 000001 -> 000002\n"],
  ])("takes %s", (_title, said, output) => {
    expect(isAsSaid(said, output)).toBe(true);
  });

  it.each([
    ["another release", "desired: release 000001\n", "desired: release 000002\n"],
    ["a line more", "one\n", "one\ntwo\n"],
    ["a line less", "one\ntwo\n", "one\n"],
    ["lines in another order", "…\ntwo\none\n", "one\ntwo\n"],
    ["a state that differs", "web1  active\n", "web1  failed\n"],
  ])("refuses %s", (_title, said, output) => {
    expect(isAsSaid(said, output)).toBe(false);
  });
});
