import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commands } from "../src/commands/index.ts";
import { type VerbWords, wordsOf } from "../src/completion/words.ts";
import { withGlobals } from "../src/global-options.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
const reference = read("../../../docs/reference/cli.md");

const program = withGlobals(new Command());
for (const command of commands) command(program, async () => {});
const words = wordsOf(program);

const verbs = words.verbs.map(({ name }) => name);
const options = (verb: VerbWords): string[] => [
  ...verb.options.map(({ long }) => long),
  ...verb.verbs.flatMap((below) => options(below)),
];
const every = new Set([words, ...words.verbs].flatMap(options));

describe("the reference of the command line", () => {
  it("has every verb, and no other", () => {
    const listed = [...reference.matchAll(/^\| `([a-z]+)[ `][^|]*\|[^|]*\|[^|]*\|[^|]*\|$/gm)].map(
      ([, verb]) => verb,
    );
    expect(listed).toEqual(verbs);
  });

  it("has every option, and no other", () => {
    const listed = new Set([...reference.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option));
    expect([...listed].sort()).toEqual([...every].sort());
  });

  it("has every error code of the command line, and no other", () => {
    const codes = (text: string): string[] => [...new Set(text.match(/HWS_CLI_[A-Z_]+/g))].sort();
    expect(codes(reference)).toEqual(codes(read("../src/errors.ts")));
  });
});
