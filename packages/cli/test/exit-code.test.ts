import { HawserError } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../src/exit-codes.ts";
import { hawser } from "./process.ts";

describe("the exit code", () => {
  it.each([0, 1, 3, 4, 75, 76, 130])("is the run's own: %i", async (code) => {
    const { code: seen } = await hawser(["deploy"], { env: { FAKE_RUN: `ended:${code}` } }).ended;
    expect(seen).toBe(code);
  });

  it.each([
    [["deply"]],
    [["deploy", "--reff", "x"]],
    [[]],
    [["deploy", "--ref", "a", "--release", "1"]],
    [["deploy", "extra"]],
  ])("is 2 for the misuse %j", async (argv) => {
    expect((await hawser(argv).ended).code).toBe(2);
  });

  it.each([
    ["HWS_CONFIG_INVALID", 2],
    ["HWS_PLUGIN_NOT_FOUND", 2],
    ["HWS_LOCK_BUSY", 75],
    ["HWS_LOCK_FENCED", 76],
    ["HWS_STORAGE_UNREACHABLE", 4],
    ["HWS_CLI_INTERRUPTED", 130],
  ] as const)("of %s outside a run is %i where the verb says 4 itself", (code, expected) => {
    expect(exitCodeOf(new HawserError(code, "x"), 4)).toBe(expected);
  });
});

describe("help", () => {
  it("ends with 0 and names every verb", async () => {
    const { code, stdout } = await hawser(["--help"]).ended;
    expect(code).toBe(0);
    for (const verb of [
      "init",
      "deploy",
      "rollback",
      "status",
      "releases",
      "history",
      "logs",
      "pin",
      "hold",
      "completion",
    ]) {
      expect(stdout).toContain(`  ${verb}`);
    }
  });
});
