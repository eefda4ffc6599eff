import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { shellWords } from "../../src/host/shell-words.ts";
import { shells } from "./shells.ts";

/** Any bytes that an argument may hold, as text: most of what a shell would take for more than a letter. */
const anyWord = (): string => {
  const odd = "'\"\\$`!*?[]{}()<>|&;#~=% \t\n\r-";
  return [...randomBytes(1 + ((randomBytes(1)[0] ?? 0) % 30))]
    .map((byte) =>
      byte % 3 === 0 ? String.fromCodePoint(1 + (byte % 126)) : (odd[byte % odd.length] ?? "'"),
    )
    .join("");
};

it.each(shells)("arrives word by word, whatever the words are, in $name", ({ path }) => {
  const words = ["", "'", "''", "a b", "-rf", "*", "$(id)", "`id`", "A=b", "if", "ä 日本", "\\", "\n"];
  for (let round = 0; round < 40; round++) {
    const all = [...words, ...Array.from({ length: 50 }, anyWord)];
    const text = shellWords(["printf", "%s\\0", ...all]);
    const { stdout } = spawnSync("sh", ["-c", text], { encoding: "utf8", env: { PATH: path } });
    expect(stdout.split("\0").slice(0, -1)).toEqual(all);
  }
});

it("takes no word for an assignment or a keyword", () => {
  const run = (words: string[]) => spawnSync("sh", ["-c", shellWords(words)]).status;
  expect(run(["A=b"])).toBe(127);
  expect(run(["if"])).toBe(127);
});
