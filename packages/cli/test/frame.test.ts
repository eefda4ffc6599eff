import type { RunEvent } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { frame } from "../src/render/frame.ts";
import { RunView } from "../src/render/run-view.ts";
import { plainStyle, styleOf } from "../src/render/style.ts";
import { widthOf } from "../src/render/width.ts";
import { goodDeploy, putBackDeploy, type Scenario } from "./fake/scenario.ts";

const began = Date.now();
const coloured = styleOf({ env: { LANG: "C.UTF-8" }, terminal: true });

/** The view after each event of a recording, one after the other. */
const views = function* (scenario: Scenario): Generator<RunView> {
  const view = new RunView();
  for (const beat of scenario.beats) {
    if (typeof beat === "number") continue;
    view.apply({ ...beat, time: began } as RunEvent);
    yield view;
  }
};

const until = (scenario: Scenario, reached: (view: RunView) => boolean): RunView => {
  for (const view of views(scenario)) if (reached(view)) return view;
  throw new Error("the recording never comes there");
};

const withState = (state: string) => (view: RunView) =>
  [...view.instances.values()].some((row) => row.state === state);

describe("the live picture", () => {
  it.each([
    [4, 80, 24],
    [4, 120, 50],
    [200, 80, 24],
    [200, 120, 40],
    [1000, 100, 30],
    [40, 40, 10],
    [4, 30, 8],
  ])("of %i instances fits %i columns and %i rows all the time", (many, columns, rows) => {
    for (const recording of [goodDeploy(many, 0), putBackDeploy(many, 0)]) {
      let event = 0;
      for (const view of views(recording)) {
        event += 1;
        if (many > 100 && event % 97 !== 0) continue;
        const lines = frame(view, coloured, { columns, rows }, began + 5000);
        expect(lines.length).toBeLessThan(rows);
        expect(Math.max(...lines.map(widthOf))).toBeLessThan(columns);
      }
    }
  });

  it("shows every instance of a small fleet with its state", () => {
    const text = frame(
      until(goodDeploy(4, 0), withState("draining")),
      plainStyle,
      { columns: 100, rows: 40 },
      began,
    ).join("\n");
    for (const id of ["web1", "web2", "web3", "web4"]) expect(text).toMatch(new RegExp(`^${id} `, "m"));
  });

  it("groups alike instances of a large fleet and shows the one in trouble first", () => {
    const view = until(putBackDeploy(200, 0), withState("failed"));
    const lines = frame(view, plainStyle, { columns: 120, rows: 30 }, began);
    const table = lines.slice(lines.findIndex((line) => line.startsWith("INSTANCE")) + 1);
    expect(table[0]).toMatch(/^web101 .*failed/);
    expect(table[1]).toMatch(/^\d+ instances: /);
  });

  it("says what is waited for and until when", () => {
    const text = frame(
      until(goodDeploy(4, 0), (view) => view.waiting !== undefined),
      plainStyle,
      { columns: 100, rows: 40 },
      began,
    ).join("\n");
    expect(text).toMatch(/waiting for web1 to drain until \d\d:\d\d:\d\d \(\d/);
  });

  it("shows the output of a failing command with its control characters escaped", () => {
    const text = frame(
      until(putBackDeploy(4, 0), withState("failed")),
      plainStyle,
      { columns: 100, rows: 40 },
      began,
    ).join("\n");
    expect(text).toContain("503 Service Unavailable");
    expect(text).toContain("\\x1b[31mPDOException");
    expect(text).not.toContain("\x1b");
  });
});
