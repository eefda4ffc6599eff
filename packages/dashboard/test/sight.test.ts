import type { HistoryEntry, LockReport, Overview } from "@hawser/core";
import type { RunEvent, RunResult } from "@hawser/core/plugin";
import { runResult } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { BeatWatch } from "../src/sight/beat.ts";
import { courseOf } from "../src/sight/course.ts";
import { membersOf } from "../src/sight/members.ts";
import { Recent } from "../src/sight/recent.ts";
import { standingOf } from "../src/sight/standing.ts";

const nothing: Overview = {
  application: "shop",
  environment: "production",
  desired: null,
  drains: [],
  instances: null,
  runs: [],
  next: [],
  warnings: [],
};

const desired = { release: "000001", version: 1, previous: null, since: 0, run: "000001" };
const person = { who: "ada", host: "desk", why: "a reason", since: 0 };

const instance = (id: string, more: Partial<RunEvent & { type: "instance" }> = {}): RunEvent => ({
  type: "instance",
  instance: id,
  state: "active",
  release: "000001",
  roles: ["web"],
  time: 1,
  ...more,
});

const ended = (more: Partial<RunResult>): RunEvent => ({ ...runResult(), time: 9, ...more });

describe("the instances of an environment", () => {
  it("are those that serve, as the newest run that named each left them", () => {
    const overview = {
      ...nothing,
      instances: [
        { id: "web2", roles: ["web"] },
        { id: "web10", roles: ["web"] },
        { id: "new", roles: ["cron"] },
      ],
    };
    const members = membersOf(
      overview,
      [
        { run: "000001", events: [instance("web2"), instance("web10", { detail: "clone", bytes: 7 })] },
        { run: "000002", events: [instance("web10", { release: "000002", state: "checking", time: 5 })] },
      ],
      undefined,
    );
    expect(members).toEqual([
      { id: "new", roles: ["cron"], state: "unknown" },
      { id: "web2", roles: ["web"], state: "active", release: "000001", run: "000001", time: 1 },
      { id: "web10", roles: ["web"], state: "checking", release: "000002", bytes: 7, run: "000002", time: 5 },
    ]);
  });

  it("are also those that the newest run works on, and not those that left", () => {
    const members = membersOf(
      { ...nothing, instances: [{ id: "web1", roles: ["web"] }] },
      [
        { run: "000001", events: [instance("old"), instance("web1")] },
        { run: "000002", events: [instance("fresh"), instance("away", { state: "gone" })] },
      ],
      undefined,
    );
    expect(members.map(({ id }) => id)).toEqual(["fresh", "web1"]);
  });

  it("are as they said themselves when they were asked later, and drained when a person drained them", () => {
    const [member] = membersOf(
      { ...nothing, instances: [{ id: "web1", roles: ["web"] }], drains: [{ instance: "web1", ...person }] },
      [{ run: "000001", events: [instance("web1")] }],
      {
        at: 77,
        result: {
          ...runResult(),
          instances: [{ id: "web1", release: "000009", state: "active", healthy: "no" }],
        },
      },
    );
    expect(member).toMatchObject({ release: "000009", healthy: "no", time: 77, run: "", drain: person });
  });

  it("say what failed on them", () => {
    const error = { code: "HWS_X", message: "no cache here" };
    const events = [
      instance("web1"),
      ended({ instances: [{ id: "web1", release: "000001", state: "failed", error }] }),
    ];
    expect(membersOf(nothing, [{ run: "000001", events }], undefined)).toMatchObject([
      { state: "failed", detail: "no cache here" },
    ]);
  });
});

describe("the course of a run", () => {
  const step = (name: string, phase: "started" | "done", time = 1): RunEvent => ({
    type: "step",
    step: name,
    phase,
    time,
  });
  const waiting: RunEvent = { type: "waiting", what: "the lock", since: 1, until: 2, instances: [], time: 1 };

  it("is the steps that have begun and not ended, and the last word on each wave", () => {
    const course = courseOf([
      step("fetch", "started"),
      step("fetch", "done"),
      step("install", "started"),
      { type: "wave", wave: 1, of: 2, phase: "started", instances: ["web1"], time: 2 },
      { type: "wave", wave: 1, of: 2, phase: "done", instances: ["web1"], time: 3 },
      step("wave-2", "started"),
    ]);
    expect(course.steps).toEqual(["install"]);
    expect(course.waves).toMatchObject([{ wave: 1, phase: "done" }]);
    expect(course.result).toBeUndefined();
  });

  it("waits for something until the run says something else", () => {
    expect(courseOf([waiting]).waiting).toMatchObject({ what: "the lock" });
    expect(courseOf([waiting, step("fetch", "started")]).waiting).toBeUndefined();
  });

  it("has an end, unless somebody went on with it", () => {
    const begun: RunEvent = { type: "run", run: "000001", resumed: true, from: null, time: 10 };
    expect(courseOf([step("install", "started"), ended({})])).toMatchObject({
      steps: [],
      result: { type: "result" },
    });
    expect(courseOf([ended({}), begun]).result).toBeUndefined();
  });
});

describe("the standing of an environment", () => {
  const words = (overview: Partial<Overview>, beat = new BeatWatch()): string[] =>
    standingOf({ answer: { ...nothing, desired, ...overview }, asking: false }, beat).map(({ word }) => word);
  const open = { run: "000002", verb: "deploy", who: "ada", from: null, to: null, started: 0 };
  const lock: LockReport = {
    id: "1",
    verb: "deploy",
    who: "ada",
    host: "desk",
    pid: 1,
    since: 0,
    confirmed: 0,
    beat: 1,
    ttlMs: 0,
  };
  const run = (outcome: HistoryEntry["outcome"]): HistoryEntry => ({
    run: "000001",
    verb: "deploy",
    who: "ada",
    from: null,
    to: null,
    started: 0,
    outcome,
  });

  it("is calm when there is nothing to say", () => {
    expect(words({})).toEqual(["In service"]);
    expect(words({ desired: null })).toEqual(["Nothing deployed yet"]);
  });

  it("says first what presses most, and then all the rest", () => {
    expect(
      words({
        open: { ...open, underWay: false },
        maintenance: person,
        hold: person,
        drains: [{ instance: "web1", ...person }],
        runs: [run("putBack")],
      }),
    ).toEqual([
      "Run 000002 is open",
      "In maintenance",
      "Deploys are held",
      "1 drained",
      "Last deploy: failed and put back",
    ]);
  });

  it("says that somebody deploys, and that its deployer has gone silent", async () => {
    const beat = new BeatWatch();
    expect(words({ open: { ...open, underWay: true } }, beat)).toEqual(["Deploying"]);
    expect(words({ open: { ...open, underWay: true }, lock: { ...lock, ttlMs: 60_000 } }, beat)).toEqual([
      "Deploying",
    ]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(words({ open: { ...open, underWay: true }, lock }, beat)).toEqual([
      "Deploying, but its deployer is silent",
    ]);
    expect(beat.isLost({ ...lock, beat: 2 })).toBe(false);
  });

  it("says that storage is silent, or that the config is wrong, with what was known before", () => {
    const failure = (code: string) => ({ error: { code, message: "" }, since: 0 });
    const told = (code: string) => standingOf({ failure: failure(code), asking: false }, new BeatWatch());
    expect(told("HWS_STORAGE_SILENT")).toMatchObject([{ word: "Storage does not answer", tone: "bad" }]);
    expect(told("HWS_CONFIG_INVALID")).toMatchObject([{ word: "The config is wrong" }]);
    expect(standingOf({ asking: true }, new BeatWatch())).toMatchObject([{ word: "Asking storage" }]);
    expect(
      standingOf(
        { answer: { ...nothing, hold: person }, failure: failure("HWS_STORAGE_SILENT"), asking: false },
        new BeatWatch(),
      ),
    ).toMatchObject([{ word: "Storage does not answer" }, { word: "Deploys are held" }]);
  });

  it("never takes for calm what cannot be read", () => {
    const { desired: _, ...unread } = { ...nothing, desired };
    expect(standingOf({ answer: unread, asking: false }, new BeatWatch())).toMatchObject([{ tone: "bad" }]);
  });
});

it("remembers what was asked for last, and so many", () => {
  let made = 0;
  const recent = new Recent(2, (name) => `${name}${++made}`);
  expect([recent.of("a"), recent.of("b"), recent.of("a"), recent.of("c")]).toEqual(["a1", "b2", "a1", "c3"]);
  expect([recent.of("a"), recent.of("b")]).toEqual(["a1", "b4"]);
});
