import type { RunEvent } from "@hawser/core/plugin";
import { listenerContext, runResult } from "@hawser/testkit";
import { SpanStatusCode } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import plugin from "../src/index.ts";
import type { OpenTelemetryOptions } from "../src/options.ts";
import { millis, registerSdk, type Sdk } from "./sdk.ts";

const time = Date.UTC(2026, 0, 31, 12);
const start: RunEvent = {
  type: "start",
  time,
  schema: 1,
  version: "1.2.3",
  verb: "deploy",
  application: "shop",
  environment: "production",
  run: null,
};
const begun: RunEvent = { type: "run", time: time + 10, run: "000007", resumed: false, from: "000003" };
const step = (name: string, phase: "started" | "done" | "failed", at: number, detail?: string): RunEvent => ({
  type: "step",
  time: time + at,
  step: name,
  phase,
  ...(detail !== undefined && { detail }),
});
const instance = (
  id: string,
  state: "staging" | "staged" | "switching" | "active" | "failed",
  at: number,
): RunEvent => ({
  type: "instance",
  time: time + at,
  instance: id,
  roles: ["web"],
  state,
  release: "000004",
  ...(state === "failed" && { detail: "the check failed" }),
});
const wave = (phase: "started" | "done" | "failed", at: number): RunEvent => ({
  type: "wave",
  time: time + at,
  wave: 1,
  of: 2,
  phase,
  instances: ["web1", "web2"],
});
const result = (at: number, changes: Parameters<typeof runResult>[0] = {}): RunEvent => ({
  ...runResult(changes),
  time: time + at,
});

let sdk: Sdk;
beforeEach(() => {
  sdk = registerSdk();
});
afterEach(() => sdk.unregister());

const tell = async (events: readonly RunEvent[], options: OpenTelemetryOptions = {}) => {
  const listener = await plugin.create(options, undefined as never);
  for (const event of events) await listener.on(event, listenerContext());
  return listener;
};

const names = () =>
  sdk
    .spans()
    .map(({ name }) => name)
    .sort();
const parentName = (name: string) => {
  const parent = sdk.span(name).parentSpanContext?.spanId;
  return sdk.spans().find((span) => span.spanContext().spanId === parent)?.name;
};

describe("the spans of a run", () => {
  it("are of the run, its steps, its waves and the instances in them, with the times of the events", async () => {
    await tell([
      start,
      begun,
      step("stage", "started", 20),
      instance("web1", "staging", 21),
      instance("web1", "staged", 25),
      step("stage", "done", 30),
      wave("started", 40),
      step("wave-1", "started", 41),
      instance("web1", "switching", 42),
      instance("web1", "active", 48),
      step("wave-1", "done", 49),
      wave("done", 50),
      result(60),
    ]);
    expect(names()).toEqual(["hawser deploy", "instance in stage", "instance in wave 1", "stage", "wave 1"]);
    expect(["stage", "wave 1", "instance in stage", "instance in wave 1"].map(parentName)).toEqual([
      "hawser deploy",
      "hawser deploy",
      "stage",
      "wave 1",
    ]);
    const times = (name: string) => {
      const { startTime, endTime } = sdk.span(name);
      return [millis(startTime) - time, millis(endTime) - time];
    };
    expect(times("hawser deploy")).toEqual([0, 60]);
    expect(times("stage")).toEqual([20, 30]);
    expect(times("instance in wave 1")).toEqual([42, 48]);
    const root = sdk.span("hawser deploy");
    expect(root.attributes).toMatchObject({
      "hawser.application": "shop",
      "hawser.environment": "production",
      "hawser.run": "000007",
      "hawser.release": "000004",
      "hawser.outcome": "done",
      "deployment.status": "succeeded",
      "deployment.environment.name": "production",
      "vcs.ref.head.revision": "4f1c2a9",
    });
    expect(root.status.code).toBe(SpanStatusCode.UNSET);
    expect(sdk.span("instance in stage").attributes).toMatchObject({
      "hawser.instance": "web1",
      "hawser.release": "000004",
      "hawser.state": "staged",
    });
  });

  it("that failed say so with the code, down to the instance", async () => {
    const error = { code: "HWS_CHECK_FAILED", message: "the check failed on web1" };
    await tell([
      start,
      begun,
      wave("started", 20),
      instance("web1", "switching", 21),
      instance("web1", "failed", 25),
      wave("failed", 26),
      { type: "warning", time: time + 27, code: "HWS_X", message: "careful" },
      result(30, { ok: false, exitCode: 1, outcome: "putBack", error }),
    ]);
    for (const name of ["hawser deploy", "wave 1", "instance in wave 1"])
      expect(sdk.span(name).status.code, name).toBe(SpanStatusCode.ERROR);
    const root = sdk.span("hawser deploy");
    expect(root.attributes).toMatchObject({ "error.type": "HWS_CHECK_FAILED", "hawser.outcome": "putBack" });
    expect(root.events.map(({ name }) => name)).toEqual(["run", "warning", "exception"]);
    expect(root.events.at(-1)?.attributes).toMatchObject({ "exception.type": "HWS_CHECK_FAILED" });
  });

  it("that nothing ended are ended with the run: no span stays open", async () => {
    const listener = await tell([
      start,
      begun,
      step("stage", "started", 20),
      instance("web1", "staging", 21),
    ]);
    expect(names()).toEqual([]);
    await listener[Symbol.asyncDispose]?.();
    await listener[Symbol.asyncDispose]?.();
    expect(names()).toEqual(["hawser deploy", "instance in stage", "stage"]);
  });

  it("lie inside each other as the work does", async () => {
    await tell([
      start,
      begun,
      step("gate-1", "started", 20),
      step("rollout.check", "started", 21),
      step("rollout.check", "done", 25),
      step("gate-1", "done", 26),
      { type: "step", time: time + 40, step: "prune storage", phase: "done", durationMs: 5 },
      result(50),
    ]);
    expect(parentName("rollout.check")).toBe("gate-1");
    const { startTime, endTime } = sdk.span("prune storage");
    expect([millis(startTime) - time, millis(endTime) - time]).toEqual([35, 40]);
  });

  it("are none of instances when they are not wanted, and have more attributes when they are", async () => {
    const events = [
      start,
      begun,
      step("stage", "started", 20),
      instance("web1", "staging", 21),
      instance("web1", "failed", 22),
      step("stage", "failed", 23, "no room"),
      result(30),
    ];
    await tell(events, { instances: false, attributes: { team: "shop" } });
    expect(names()).toEqual(["hawser deploy", "stage"]);
    expect(sdk.span("stage").events.map(({ name }) => name)).toEqual(["failed", "exception"]);
    for (const span of sdk.spans()) expect(span.attributes).toMatchObject({ team: "shop" });
  });

  it("never end before they began, whatever the clock does", async () => {
    await tell([start, begun, step("stage", "started", 20), step("stage", "done", -5_000), result(-4_000)]);
    for (const { duration } of sdk.spans()) expect(millis(duration)).toBeGreaterThanOrEqual(0);
  });

  it("are none of what a watch says outside of its runs", async () => {
    const listener = await tell([
      instance("web1", "active", 1),
      { type: "warning", time, code: "HWS_X", message: "careful" },
    ]);
    await listener[Symbol.asyncDispose]?.();
    expect(names()).toEqual([]);
  });

  it("are those of a thousand instances without one that stays open", async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `web${index}`);
    await tell([
      start,
      begun,
      wave("started", 20),
      ...ids.map((id) => instance(id, "switching", 21)),
      ...ids.map((id) => instance(id, "active", 25)),
      wave("done", 30),
      result(40),
    ]);
    expect(sdk.spans()).toHaveLength(1_002);
  });
});
