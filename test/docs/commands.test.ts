import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages, repository } from "./code-blocks.ts";
import { commandLinesIn } from "./command-lines.ts";
import { parseOnly } from "./parse-only.ts";

describe("every command that the documentation shows is one of the program", () => {
  it.each(pages)("%s", async (page) => {
    const wrong: string[] = [];
    for (const { words, mention, line } of commandLinesIn(readFileSync(join(repository, page), "utf8"))) {
      const problem = await parseOnly(words, { mention });
      if (problem !== undefined) wrong.push(`${page}:${line}: hawser ${words.join(" ")}: ${problem}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("the reader of commands", () => {
  it("finds them behind npx, in pipes, in subshells and over several lines, and not in remarks", () => {
    const page = [
      "Say `hawser status -e rack`, or not `hawser.yaml`.",
      "```sh",
      "npx hawser plan --build && hawser deploy \\",
      '  --message "to all" | tee log   # hawser nothing',
      "(hawser history) 2> said",
      "```",
    ];
    expect(commandLinesIn(page.join("\n")).map(({ words, line }) => [line, ...words])).toEqual([
      [2, "plan", "--build"],
      [2, "deploy", "--message", "to all"],
      [2, "history"],
      [1, "status", "-e", "rack"],
    ]);
  });

  it.each([
    ["an unknown verb", ["depoly"], false],
    ["an unknown option", ["deploy", "--reff", "x"], true],
    ["a missing argument", ["unlock"], false],
    ["an argument too many", ["status", "x"], false],
    ["an unknown verb in a sentence", ["depoly"], true],
  ])("refuses %s", async (_title, words, mention) => {
    expect(await parseOnly(words, { mention })).toBeDefined();
  });

  it("takes a verb alone in a sentence for its name", async () => {
    expect(await parseOnly(["unlock"], { mention: true })).toBeUndefined();
    expect(await parseOnly(["plugin", "check"], { mention: true })).toBeUndefined();
  });
});
