import { describe, expect, it } from "vitest";
import { loggerOf } from "../src/log-lines.ts";
import type { Output } from "../src/output/output.ts";
import type { Surroundings } from "../src/surroundings.ts";

/** What is written for one message of each level. */
const written = (env: Record<string, string>): string[] => {
  const lines: string[] = [];
  const logger = loggerOf({
    surroundings: { env } as unknown as Surroundings,
    errors: { line: (text: string) => lines.push(text) } as unknown as Output,
  });
  logger.debug("one", { bytes: 1 });
  logger.info("two");
  logger.warn("three\u001b[2J\nfour");
  return lines;
};

describe("what engine and plugins write for people", () => {
  it("is warnings in words, in one line each", () => {
    const [line = "", ...more] = written({});
    expect(line).toMatch(/^hawser: three/);
    expect(line).not.toContain("\u001b");
    expect(more).toEqual([]);
  });

  it.each([
    ["debug", ["debug", "info", "warn"]],
    ["info", ["info", "warn"]],
    ["warn", ["warn"]],
  ])("is lines of JSON from the level of HAWSER_LOG=%s up", (level, levels) => {
    const lines = written({ HAWSER_LOG: level }).map((line) => JSON.parse(line));
    expect(lines.map((line) => line.level)).toEqual(levels);
    for (const line of lines)
      expect(line).toMatchObject({ time: expect.any(Number), message: expect.any(String) });
    expect(lines.at(-1).message).toBe("three\u001b[2J\nfour");
    if (level === "debug") expect(lines[0].fields).toEqual({ bytes: 1 });
  });

  it("is refused at a level that there is not", () => {
    expect(() => written({ HAWSER_LOG: "loud" })).toThrow(expect.objectContaining({ code: "HWS_CLI_USAGE" }));
  });
});
