import { describe, expect, it } from "vitest";
import type { Desk } from "../../src/engine/operation.ts";
import { engineErrors } from "../../src/errors/engine-codes.ts";
import { stateErrors } from "../../src/errors/state-codes.ts";
import { nextCommands } from "../../src/operations/next-commands.ts";

const desk = (environment = "production"): Desk => ({ config: { environment } }) as Desk;
const run = "000007";

describe("the next commands", () => {
  it("are none when nothing is left to do", () => {
    expect(nextCommands(desk(), { outcome: "done", run, open: false })).toEqual([]);
    expect(nextCommands(desk(), { outcome: "unchanged", run, open: false })).toEqual([]);
  });

  it("name the environment, and none for the top level", () => {
    expect(nextCommands(desk(), { outcome: "putBack", run, open: false })).toEqual([
      "hawser status -e production",
      "hawser logs 000007 -e production",
      "hawser report 000007 -e production",
    ]);
    expect(nextCommands(desk(""), { outcome: "untouched", run: null, open: false })).toEqual([
      "hawser status",
    ]);
  });

  it("end an open run one way or the other", () => {
    expect(nextCommands(desk(""), { outcome: "split", run, open: true })).toEqual([
      "hawser status",
      "hawser logs 000007",
      "hawser deploy --resume",
      "hawser deploy --abandon",
    ]);
  });

  it("after a failure behind the switch go forward or back", () => {
    expect(nextCommands(desk(""), { outcome: "incomplete", run, open: false })).toEqual([
      "hawser status",
      "hawser logs 000007",
      "hawser report 000007",
      "hawser deploy",
      "hawser rollback",
    ]);
  });

  it.each([
    { verb: "deploy", first: ["hawser deploy --wait=10m"] },
    { verb: "rollback", first: ["hawser rollback --wait=10m"] },
    { verb: "maintenance", first: [] },
  ])("wait for a held lock with the same $verb, or free one whose owner is dead by its id", (told) => {
    const error = stateErrors.HWS_LOCK_BUSY(["ann@build7"], { details: { id: "7-abc" } });
    const state = { outcome: "untouched", run: null, open: false, verb: told.verb, error } as const;
    expect(nextCommands(desk(""), state)).toEqual([
      ...told.first,
      expect.stringMatching(/^hawser unlock 7-abc {3}#/),
    ]);
  });

  it("look for all problems after a preflight", () => {
    const error = engineErrors.HWS_FLEET_PREFLIGHT([1, ["web1"]]);
    expect(nextCommands(desk(""), { outcome: "untouched", run, open: false, error })).toEqual([
      "hawser doctor",
    ]);
  });
});
