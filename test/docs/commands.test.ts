import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commands } from "../../packages/cli/src/commands/index.ts";
import { type VerbWords, wordsOf } from "../../packages/cli/src/completion/words.ts";
import { withGlobals } from "../../packages/cli/src/global-options.ts";
import { pages, repository } from "./code-blocks.ts";

const program = withGlobals(new Command());
for (const command of commands) command(program, async () => {});
const words = wordsOf(program);

/** What a line says after `hawser`, up to what is the shell's or another program's. */
const called = /(?:^|[`\s$("'])hawser((?: +(?!#|\||>|&&|;|-- )[^\s`|;&>)]+)+)/gm;

const optionsOf = ({ options }: Pick<VerbWords, "options">): readonly string[] =>
  options.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));

/** What in a call of `hawser` is no verb or option of the program. */
const strangers = (call: string): readonly string[] => {
  const given = call.trim().split(/ +/);
  const verb = words.verbs.find(({ name }) => name === given[0]);
  if (given[0] === "help") return [];
  if (verb === undefined) return /^[a-z]+$/.test(given[0] ?? "") ? [given[0] ?? ""] : [];
  const known = [words, verb, ...verb.verbs].flatMap(optionsOf);
  const options = given.slice(1).map((word) => word.replace(/^\[+|[\].,:]+$|=.*$/g, ""));
  return options.filter((word) => /^--?[a-z]/.test(word) && !known.includes(word));
};

describe("a call of hawser on a page has a verb and options of the program", () => {
  it.each(pages)("%s", (page) => {
    const text = readFileSync(join(repository, page), "utf8").replaceAll(/\\\n\s*/g, "");
    // What stands in quotes is for another program.
    const code = [...text.matchAll(/^ *```.*?^ *```|`[^`\n]+`/gms)]
      .map(([each]) => each.replaceAll(/'[^'\n]*'|"[^"\n]*"/g, "''"))
      .join("\n");
    const wrong = [...code.matchAll(called)].flatMap(([, call = ""]) =>
      strangers(call).map((word) => `${word} in hawser${call}`),
    );
    expect(wrong).toEqual([]);
  });
});
