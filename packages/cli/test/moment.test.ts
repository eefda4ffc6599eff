import { expect, test } from "vitest";
import { countOf, momentOf, pastOf } from "../src/moment.ts";

const now = Date.UTC(2026, 0, 31, 12);
const usage = expect.objectContaining({ code: "HWS_CLI_USAGE" });

test.each([
  ["7d", now - 7 * 86_400_000],
  ["12h", now - 12 * 3_600_000],
  ["30m", now - 30 * 60_000],
  ["2026-01-31T12:30+01:00", Date.UTC(2026, 0, 31, 11, 30)],
  ["2026-01-31T09:00Z", Date.UTC(2026, 0, 31, 9)],
])("--since %s is a time that is over", (text, time) => {
  expect(pastOf("--since", text, now)).toBe(time);
});

test.each(["yesterday", "2026-01-31", "2026-01-31T09:00", "7", "-7d", "7w", ""])(
  "--since %s is refused: it is no time, or another one for everybody who reads it",
  (text) => {
    expect(() => pastOf("--since", text, now)).toThrow(usage);
  },
);

test("a time to come is counted forward", () => {
  expect(momentOf("--until", "2h", now)).toBe(now + 7_200_000);
});

test.each(["0", "-1", "1.5", "many", "10000000"])("%s is no number of entries", (text) => {
  expect(() => countOf("--limit", text)).toThrow(usage);
});
