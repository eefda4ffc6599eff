import { describe, expect, it } from "vitest";
import { nextCommand, withConfig } from "../src/command-words.ts";
import { momentOf } from "../src/moment.ts";
import { durationMs, withWaitValue } from "../src/options.ts";
import { wrap } from "../src/render/block.ts";
import { escapeLine, escapeLines } from "../src/render/escape.ts";
import { OutputTail } from "../src/render/output-tail.ts";
import { styleOf } from "../src/render/style.ts";
import { table } from "../src/render/table.ts";
import { bytesText, durationText } from "../src/render/units.ts";
import { clip, widthOf } from "../src/render/width.ts";

describe("text from outside", () => {
  it.each([
    ["\x1b[31mred", "\\x1b[31mred"],
    ["a\u009bb", "a\\x9bb"],
    ["bell\x07", "bell\\x07"],
    ["\u202egpj.exe", "\\u202egpj.exe"],
    ["tab\there", "tab  here"],
    ["Grüße 日本", "Grüße 日本"],
  ])("%j is shown as %j", (text, shown) => {
    expect(escapeLine(text)).toBe(shown);
  });

  it("has the last state of a line that was rewritten", () => {
    expect(escapeLines("1%\r50%\r100%\r\nok\n")).toEqual(["100%", "ok"]);
  });
});

describe("a moment", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");

  it.each([
    ["2h", "2026-01-31T14:00:00.000Z"],
    ["30m", "2026-01-31T12:30:00.000Z"],
    ["2026-01-31T18:00+01:00", "2026-01-31T17:00:00.000Z"],
    ["2026-02-01T00:00:30Z", "2026-02-01T00:00:30.000Z"],
  ])("%s is %s", (text, moment) => {
    expect(new Date(momentOf("--until", text, now)).toISOString()).toBe(moment);
  });

  it.each(["", "tomorrow", "18:00", "2026-01-31", "2026-01-31T18:00", "2026-13-01T00:00Z", "-2h", "2 h"])(
    "%j is none: it has no zone, or is no time",
    (text) => {
      expect(() => momentOf("--until", text, now)).toThrow(
        expect.objectContaining({ code: "HWS_CLI_USAGE", hint: expect.stringContaining("zone") }),
      );
    },
  );
});

describe("the tail of output", () => {
  it("keeps the last lines of each command and joins pieces", () => {
    const tail = new OutputTail();
    const command = { instance: "web1", step: "install", command: "warm" };
    tail.add({ ...command, text: Array.from({ length: 100 }, (_, index) => `${index}\n`).join("") });
    tail.add({ ...command, text: "la" });
    tail.add({ ...command, text: "st" });
    expect(tail.last("web1")?.lines.slice(-2)).toEqual(["99", "last"]);
    expect(tail.last("web1")?.lines.length).toBeLessThan(50);
  });
});

describe("widths", () => {
  it.each([
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["\x1b[31mx\x1b[0m", 1],
  ])("%j takes %i columns", (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  it("are kept by clipping, with an ellipsis where something is missing", () => {
    expect(clip("日本語", 5)).toBe("日本…");
    expect(clip("abc", 3)).toBe("abc");
  });
});

describe("units", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [70_123, "70 kB"],
    [999_600, "1.0 MB"],
    [84_000_000, "84 MB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    [420, "0.4 s"],
    [59_960, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [7_800_000, "2 h 10 min"],
    [270_000_000, "3 d 3 h"],
  ])("%i ms are %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe("a table", () => {
  const rows = [
    { id: "a", note: "x".repeat(50) },
    { id: "bbbb", note: "" },
  ];
  const columns = [
    { title: "ID", text: (row: { id: string }) => row.id },
    { title: "NOTE", text: (row: { note: string }) => row.note },
  ];

  it("aligns its columns and cuts the widest where the lines would be too long", () => {
    const lines = table(columns, rows, 20);
    expect(lines[1]).toMatch(/^a {5}x+…$/);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(20);
  });

  it("takes a spare column away first", () => {
    expect(table([columns[0]!, { ...columns[1]!, spare: 1 }], rows, 20)[0]).toBe("ID");
  });
});

describe("colours", () => {
  it.each([
    [{ NO_COLOR: "1" }, true],
    [{}, false],
  ])("are left away with %j and terminal %s", (env, terminal) => {
    expect(styleOf({ env, terminal }).red("x")).toBe("x");
  });
});

describe("options", () => {
  it.each([
    [
      ["deploy", "--wait"],
      ["deploy", "--wait=10m"],
    ],
    [
      ["--wait", "deploy"],
      ["--wait=10m", "deploy"],
    ],
    [
      ["deploy", "--wait", "90s"],
      ["deploy", "--wait=90s"],
    ],
    [
      ["deploy", "--wait=1h"],
      ["deploy", "--wait=1h"],
    ],
    [
      ["x", "--", "--wait"],
      ["x", "--", "--wait"],
    ],
  ])("%j mean %j", (argv, meant) => {
    expect(withWaitValue(argv)).toEqual(meant);
  });

  it("of time are a number and a unit", () => {
    expect(durationMs("10m")).toBe(600_000);
    expect(() => durationMs("10")).toThrow(expect.objectContaining({ code: "HWS_CLI_USAGE" }));
  });
});

describe("a long sentence", () => {
  it("is broken between words, never inside a command", () => {
    expect(wrap("go on with `hawser deploy --resume` or not", 20)).toEqual([
      "go on with",
      "`hawser deploy --resume`",
      "or not",
    ]);
  });
});

describe("the next command", () => {
  it("that the engine proposes gets the config that was named", () => {
    expect(withConfig("hawser status", { config: "a.yaml" })).toBe("hawser status -c a.yaml");
    expect(withConfig("hawser status -c b.yaml", { config: "a.yaml" })).toBe("hawser status -c b.yaml");
    expect(withConfig("hawser unlock 7   # if dead", { config: "a b" })).toBe(
      "hawser unlock 7 -c 'a b'   # if dead",
    );
    expect(withConfig("hawser status", {})).toBe("hawser status");
  });

  it("names the same config and environment, quoted where a shell would read more", () => {
    expect(nextCommand({ config: "my conf.yaml", environment: "production" }, "deploy", "--resume")).toBe(
      "hawser deploy --resume -c 'my conf.yaml' -e production",
    );
  });
});
