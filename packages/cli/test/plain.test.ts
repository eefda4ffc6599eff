import { PassThrough } from "node:stream";
import type { RunEvent } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { Output } from "../src/output/output.ts";
import { PlainReporter } from "../src/render/plain.ts";
import { plainStyle } from "../src/render/style.ts";

const linesOf = (events: readonly object[]): string[] => {
  const stream = new PassThrough();
  const reporter = new PlainReporter(new Output(stream), plainStyle);
  for (const event of events) reporter.event({ time: 0, ...event } as RunEvent);
  return String(stream.read() ?? "")
    .split("\n")
    .slice(0, -1);
};

const output = (text: string, instance = "deployer"): object => ({
  type: "output",
  instance,
  step: "prepare",
  command: "npm",
  text,
});

describe("plain lines", () => {
  it("have the time first and one fact each", () => {
    const [line] = linesOf([{ type: "step", step: "stage", phase: "done", durationMs: 1100 }]);
    expect(line).toMatch(/^\d\d:\d\d:\d\d stage done \(1\.1 s\)$/);
  });

  it("carry no escape code and no carriage return, whatever an instance says", () => {
    const text = linesOf([
      { type: "instance", instance: "web1", state: "failed", detail: "\x1b[2J\r\nroot# \u202e" },
      output("10 %\r50 %\r\x1b[32mdone\x1b[0m\r\n"),
      { type: "warning", code: "HWS_X", message: "a\x07b" },
    ]).join("\n");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
    expect(text).toContain("prepare npm | \\x1b[32mdone\\x1b[0m");
  });

  it("join pieces of output into whole lines", () => {
    const lines = linesOf([output("one\ntw"), output("o\n")]);
    expect(lines.map((line) => line.slice(9))).toEqual(["prepare npm | one", "prepare npm | two"]);
  });

  it("say the same of an instance once", () => {
    const event = { type: "instance", instance: "web1", state: "staging", bytes: 10 };
    expect(linesOf([event, event])).toHaveLength(1);
  });

  it("leave out progress and the output of instances", () => {
    expect(linesOf([output("x\n", "web1"), { type: "progress", what: "artifact", bytes: 1 }])).toEqual([]);
  });
});
