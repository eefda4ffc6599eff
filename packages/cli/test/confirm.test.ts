import { describe, expect, it } from "vitest";
import { hawser } from "./process.ts";

const env = { FAKE_CONFIRM: "yes" };

describe("an environment that asks for its name", () => {
  it("is refused with a hint where nobody can answer", async () => {
    const { code, stderr, stdout } = await hawser(["deploy"], { env }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("--yes");
    expect(stdout).toBe("");
  });

  it("is deployed to with --yes", async () => {
    expect((await hawser(["deploy", "--yes"], { env }).ended).code).toBe(0);
  });

  it.each([
    ["production", 0],
    ["staging", 2],
  ])("when %s is typed ends with %i", async (typed, code) => {
    const run = hawser(["deploy"], { env, terminal: true });
    await run.shown("type its name");
    run.child.stdin?.write(`${typed}\r`);
    expect((await run.ended).code).toBe(code);
  });

  it("ends with 130 when the question is cancelled", async () => {
    const run = hawser(["deploy"], { env, terminal: true });
    await run.shown("type its name");
    run.child.stdin?.write("\x03");
    expect((await run.ended).code).toBe(130);
  });

  it.each([["status"], ["plan"], ["deploy --dry-run"]])(
    "is not asked by %s, which changes nothing",
    async (words) => {
      expect((await hawser(words.split(" "), { env }).ended).code).toBe(0);
    },
  );
});
