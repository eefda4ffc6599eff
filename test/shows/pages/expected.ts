import { stripVTControlCharacters } from "node:util";

// What differs from one day and machine to the next, and the word that stands for it.
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b/g, "DATE"],
  [/\b\d\d:\d\d:\d\d\b/g, "TIME"],
  [/\bi-[0-9a-f]{8,17}\b/g, "MACHINE"],
  [/\b(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b|\b\d{7,64}\b/g, "REVISION"],
  [/\b\d+ min \d+ s\b|\b\d+(\.\d+)? (ms|s|min|h)\b/g, "SPAN"],
  [/\b\d+(\.\d+)? (B|kB|MB)(?![A-Za-z])/g, "BYTES"],
  [/SHA256:[A-Za-z0-9+/]{43}/g, "FINGERPRINT"],
];

/** Without a terminal there is no glyph that is no ASCII. */
const glyphs: readonly (readonly [RegExp, string])[] = [
  [/✓/g, "+"],
  [/✗/g, "x"],
  [/·/g, "-"],
  [/→/g, "->"],
];

const normal = (line: string): string => {
  let text = stripVTControlCharacters(line);
  for (const [found, word] of [...glyphs, ...shapes]) text = text.replace(found, word);
  return text.replace(/\s+/g, " ").trim();
};

const pattern = (line: string): string =>
  normal(line)
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");

const linesOf = (text: string): string[] => text.replace(/\n+$/, "").split("\n");

/**
 * Whether an output is what a page says it is. A line of `…` stands for any lines, `…` inside a line for any text; a moment, a
 * duration, a size, a revision or a fingerprint for any other; spaces for any number of them.
 */
export const isAsSaid = (said: string, output: string): boolean => {
  const lines = linesOf(said).map((line) => (line.trim() === "…" ? "(?:.*\\n)*?" : `${pattern(line)}\\n`));
  return new RegExp(`^${lines.join("")}$`).test(
    `${linesOf(output)
      .map((line) => normal(line))
      .join("\n")}\n`,
  );
};
