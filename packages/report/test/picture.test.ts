import type { RunEvent } from "@hawser/core/plugin";
import { runEvents, runResult } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import type { RunFacts } from "../src/facts.ts";
import { pictureOf } from "../src/picture/run-picture.ts";

const began = 1_769_860_800_000;
const second = 1_000;

type Bare<T> = T extends unknown ? Omit<T, "time"> : never;

/** Events with the seconds after the beginning at which they came. */
const told = (...events: readonly (readonly [after: number, event: Bare<RunEvent>])[]): RunEvent[] =>
  events.map(([after, event]) => ({ ...event, time: began + after * second }) as RunEvent);

const start = {
  type: "start",
  schema: 1,
  version: "1.0.0",
  verb: "deploy",
  application: "shop",
  environment: "production",
  run: null,
} as const;

const on = (instance: string, state: string, more: object = {}): Bare<RunEvent> =>
  ({ type: "instance", instance, roles: ["web"], state, ...more }) as Bare<RunEvent>;

const facts = (events: readonly RunEvent[], more: Partial<RunFacts> = {}): RunFacts => ({
  application: "shop",
  environment: "production",
  events,
  gathered: began + 3_600 * second,
  ...more,
});

const { time: _time, ...result } = runResult({ release: "000004" });

describe("a picture", () => {
  it("follows an instance from state to state, each until the next and the last until the end", () => {
    const events = told(
      [0, start],
      [1, on("web1", "staging")],
      [2, on("web1", "staging", { detail: "clone" })],
      [3, on("web1", "draining", { loadBalancer: "draining" })],
      [4, on("web1", "switching", { loadBalancer: "out", release: "000004" })],
      [6, on("web1", "active", { loadBalancer: "in", bytes: 7, via: "pull" })],
      [9, result],
    );
    const [web1] = pictureOf(facts(events)).instances;
    expect(web1?.segments).toEqual([
      { state: "staging", from: began + 1_000, to: began + 3_000, detail: "clone" },
      { state: "draining", from: began + 3_000, to: began + 4_000 },
      { state: "switching", from: began + 4_000, to: began + 6_000 },
      { state: "active", from: began + 6_000, to: began + 9_000 },
    ]);
    expect(web1).toMatchObject({
      state: "active",
      release: "000004",
      outMs: 3_000,
      bytes: 7,
      via: "pull",
      failed: false,
    });
  });

  it("believes the last word of the run on where an instance stands", () => {
    const last = { id: "web2", release: "000003", state: "putBack", roles: ["web"], drift: ["a"] } as const;
    const events = told([0, start], [1, on("web2", "failed")], [2, { ...result, instances: [last] }]);
    expect(pictureOf(facts(events)).instances).toMatchObject([
      { id: "web2", state: "putBack", release: "000003", drift: 1, failed: true },
    ]);
  });

  it("orders instances as a person counts them", () => {
    const events = told(
      [0, start],
      ...["web10", "web9", "web1"].map((id) => [1, on(id, "surveyed")] as const),
    );
    expect(pictureOf(facts(events)).instances.map(({ id }) => id)).toEqual(["web1", "web9", "web10"]);
  });

  it("has steps and waves in their order, and cuts off what a dead deployer had begun", () => {
    const events = told(
      [0, start],
      [0, { type: "run", run: "000007", resumed: false, from: null }],
      [1, { type: "step", step: "install", phase: "started" }],
      [2, { type: "step", step: "install", phase: "done", durationMs: 1_000 }],
      [2, { type: "wave", wave: 1, of: 2, phase: "started", instances: ["web1"] }],
      [2, { type: "step", step: "wave-1", phase: "started" }],
      [3, on("web1", "switching")],
      [600, start],
      [600, { type: "run", run: "000007", resumed: true, from: null }],
      [601, { type: "step", step: "resume", phase: "started" }],
      [602, { type: "wave", wave: 1, of: 2, phase: "started", instances: ["web1"] }],
      [604, { type: "wave", wave: 1, of: 2, phase: "done", instances: ["web1"] }],
      [605, { type: "step", step: "publish", phase: "done", durationMs: 500 }],
      [606, result],
    );
    const picture = pictureOf(facts(events));
    const seconds = (time: number): number => (time - began) / second;
    expect(
      picture.flow.map(({ name, phase, from, to, cut }) => [name, phase, seconds(from), seconds(to), cut]),
    ).toEqual([
      ["install", "done", 1, 2, false],
      ["wave 1 of 2", "started", 2, 3, true],
      ["resume", "started", 601, 606, false],
      ["wave 1 of 2", "done", 602, 604, false],
      ["publish", "done", 604.5, 605, false],
    ]);
    expect(picture.deployers).toBe(2);
    expect(picture.axis.pauses).toHaveLength(1);
  });

  it("makes no bar of less than nothing when a clock is set back", () => {
    const events = told(
      [100, start],
      [101, { type: "step", step: "install", phase: "started" }],
      [101, on("web1", "staging")],
      [40, on("web1", "staged")],
      [41, { type: "step", step: "install", phase: "done" }],
      [42, result],
    );
    const { flow, instances, axis } = pictureOf(facts(events));
    for (const { from, to } of [...flow, ...instances.flatMap(({ segments }) => segments)]) {
      expect(to).toBeGreaterThanOrEqual(from);
      expect(axis.span({ from, to }).width).toBeGreaterThan(0);
    }
  });

  it.each([
    { history: "open", underWay: true, outcome: "running", ended: 3_600 },
    { history: "open", underWay: false, outcome: "open", ended: 5 },
    { history: "open", underWay: undefined, outcome: "endless", ended: 5 },
    { history: "done", underWay: undefined, outcome: "done", ended: 8 },
  ] as const)(
    "of a run without a last word says $outcome ($history, $underWay)",
    ({ history, underWay, ...said }) => {
      const entry = {
        run: "000007",
        verb: "deploy",
        who: "ann",
        from: null,
        to: "000004",
        started: began,
        outcome: history,
        ...(history === "done" && { durationMs: 8_000 }),
      };
      const events = told([0, start], [5, { type: "step", step: "install", phase: "started" }]);
      const picture = pictureOf(
        facts(events, { history: entry, ...(underWay !== undefined && { underWay }) }),
      );
      expect(picture.outcome).toBe(said.outcome);
      expect((picture.ended - began) / second).toBe(said.ended);
    },
  );

  it("takes no last word from a deployer that another one went on after", () => {
    const stopped = { ...result, outcome: "interrupted", open: true } as const;
    const picture = pictureOf(
      facts(told([0, start], [3, stopped], [9, start], [10, on("web1", "staging")]), { underWay: true }),
    );
    expect(picture.outcome).toBe("running");
    expect(picture.result).toBeUndefined();
  });

  it("can be made of one event of every type, of none, and of each of them alone", () => {
    expect(pictureOf(facts(runEvents))).toMatchObject({
      run: "000007",
      outcome: "done",
      waits: [{}],
    });
    expect(pictureOf(facts([])).instances).toEqual([]);
    for (const event of runEvents) expect(pictureOf(facts([event])).application).toBe("shop");
  });
});
