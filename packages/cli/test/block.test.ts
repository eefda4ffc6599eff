import { describe, expect, it } from "vitest";
import { failureBlock } from "../src/render/block.ts";
import { resultLines } from "../src/render/result.ts";
import { plainStyle, styleOf } from "../src/render/style.ts";
import { widthOf } from "../src/render/width.ts";
import { on, putBackDeploy, resultOf } from "./fake/scenario.ts";

const { result } = putBackDeploy(4, 0);
const coloured = styleOf({ env: { LANG: "C.UTF-8" }, terminal: true });
const words = (lines: readonly string[]): string =>
  lines
    .join("\n")
    .replace(/\x1b\[\d+m/g, "")
    .replace(/[✗x] /g, "")
    .replace(/[│|]/g, "");

describe("the last word on a failure", () => {
  const text = failureBlock(result, plainStyle, 100).join("\n");

  it("says what happened, what is so now, what did run and what to do next, in this order", () => {
    const order = ["What happened", "State now", "What did run", "Next"].map((title) => text.indexOf(title));
    expect(order.every((at, index) => at > (order[index - 1] ?? -1))).toBe(true);
  });

  it("has the error's sentence, code, instance, step, output and hint", () => {
    for (const part of [
      "answered 503",
      "HWS_CHECK_FAILED",
      "on web3",
      "in step check",
      "Service Unavailable",
      "`hawser logs`",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("has a row for every instance, the once commands that ran, and the next commands", () => {
    for (const id of ["web1", "web2", "web3", "web4"])
      expect(text).toMatch(new RegExp(`^  ${id} .*put back`, "m"));
    expect(text).toContain("once.before migrate on web1");
    expect(text).toContain("hawser logs r-0042 --instance web3");
  });

  it("is the same on a terminal and in plain lines, but for colours and glyphs", () => {
    expect(words(failureBlock(result, coloured, 100))).toBe(words(failureBlock(result, plainStyle, 100)));
  });

  it.each([60, 80, 120])("fits %i columns", (columns) => {
    const { output: _output, ...error } = result.error as NonNullable<typeof result.error>;
    const lines = failureBlock({ ...result, error }, plainStyle, columns);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
  });

  it("names every instance that failed, not only the first", () => {
    const error = (instance: string) => ({ code: "HWS_CHECK_FAILED", message: "answered 503", instance });
    const instances = ["web1", "web2"].map((id) => on(id, "43", "failed", { error: error(id) }));
    const both = resultOf("deploy", "split", 3, instances, { error: error("web1") });
    expect(failureBlock(both, plainStyle, 100).join("\n")).toContain("web2: answered 503");
  });

  it("says how many instances are on which release when they differ", () => {
    const split = resultOf("deploy", "split", 3, [
      on("web1", "43", "active"),
      on("web2", "42", "failed"),
      on("web3", null, "unreachable"),
    ]);
    const lines = failureBlock(split, plainStyle, 100).join("\n");
    expect(lines).toContain("3 instances: 1 on release 43, 1 on release 42, 1 on not known");
  });

  it("sends no control character of an instance to the terminal", () => {
    const hostile = resultOf("deploy", "putBack", 1, [on("web1", "42", "putBack")], {
      error: {
        code: "HWS_X",
        message: "bad \x1b]0;title\x07 \u202etext",
        output: "a\rb\x9b31m",
        hint: "\x1b[2J",
      },
      ran: ["\x1b[1m"],
      next: ["hawser \x07"],
    });
    expect(failureBlock(hostile, plainStyle, 100).join("")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  });
});

describe("the last word on a status", () => {
  it.each([
    [0, "every instance runs the desired release"],
    [3, "instances differ"],
    [4, "could be looked at"],
  ] as const)("with exit code %i says so", (code, words) => {
    const status = resultOf("status", code === 0 ? "done" : "split", code, [
      on("web1", "42", "active", { drift: ["a.php"] }),
    ]);
    const text = resultLines(status, plainStyle, 100).join("\n");
    expect(text).toContain(words);
    expect(text).toContain("web1 differs from what was installed:\n  a.php");
  });
});

describe("maintenance that is on", () => {
  const maintenance = {
    who: "anna",
    host: "ops1",
    why: "once command migrate of release 000002",
    since: Date.UTC(2026, 0, 31, 12),
    run: "000002",
  };
  const says = /maintenance is on since 2026-01-31.*, by run 000002 of anna@ops1: once command migrate/;

  it.each([
    ["a failure", "deploy", "split", 3],
    ["a deploy that succeeded", "deploy", "done", 0],
    ["status", "status", "done", 0],
    ["maintenance itself", "maintenance", "done", 0],
  ] as const)("is told of by the last word on %s", (_, verb, outcome, exitCode) => {
    const ended = resultOf(verb, outcome, exitCode, [on("web1", "43", "active")], { maintenance });
    expect(resultLines(ended, plainStyle, 200).join("\n")).toMatch(says);
    expect(
      resultLines({ ...ended, maintenance: undefined as never }, plainStyle, 200).join("\n"),
    ).not.toMatch(/maintenance is on since/);
  });
});
