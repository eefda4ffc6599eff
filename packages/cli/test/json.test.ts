import { describe, expect, it } from "vitest";
import { eventsOf, hawser } from "./process.ts";

describe("--json", () => {
  it.each([
    ["a run that succeeds", ["deploy", "--json"], "good", 0],
    ["a run that is put back", ["deploy", "--json"], "putBack", 1],
    ["a list", ["releases", "--json"], "good", 0],
    ["a misuse", ["deploy", "--json", "--nothing"], "good", 2],
    ["a refused confirmation", ["deploy", "--json"], "good", 2],
  ])("writes one event a line for %s, the first start, the last result", async (what, argv, run, code) => {
    const env = { FAKE_RUN: run, FAKE_CONFIRM: what.startsWith("a refused") ? "yes" : "no" };
    const ended = await hawser(argv, { env }).ended;
    const events = eventsOf(ended.stdout);
    expect(ended.code).toBe(code);
    expect(events[0]).toMatchObject({ type: "start", schema: 1 });
    expect(events.at(-1)).toMatchObject({ type: "result", ok: code === 0, exitCode: code });
    expect(events.filter(({ type }) => type === "start" || type === "result")).toHaveLength(2);
  });

  it("ends with every field a script relies on, whether a run began or not", async () => {
    const fields = "ok exitCode outcome run release from revision artifact instances".split(" ");
    for (const argv of [["deploy"], ["deploy", "--nothing"]]) {
      const { stdout } = await hawser([...argv, "--json"]).ended;
      expect(Object.keys(eventsOf(stdout).at(-1) as object)).toEqual(expect.arrayContaining(fields));
    }
  });

  it("tells a person on standard error what went wrong", async () => {
    const { stderr } = await hawser(["deploy", "--json"], { env: { FAKE_RUN: "putBack" } }).ended;
    expect(stderr).toContain("HWS_CHECK_FAILED");
  });
});
