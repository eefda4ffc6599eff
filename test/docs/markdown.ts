import { readFileSync } from "node:fs";

/** One fenced block of a Markdown page. */
export interface Fence {
  /** `sh`, `yaml`, `text`, …; empty where none is said. */
  readonly language: string;
  /** The file that the page says to write it to, of `yaml [hawser.yaml]`. */
  readonly file: string | undefined;
  /** Without the fences, each line with its end. */
  readonly text: string;
  /** The heading it stands below, without its signs. */
  readonly chapter: string;
  /** The number of its first line in the page. */
  readonly line: number;
  /** Why it is not held by a test, where the line before it says so. */
  readonly notRun: string | undefined;
}

const fenceStart = /^( *)(`{3,})([^\s`]*)(?:\s+\[([^\]]+)\])?.*$/;
const heading = /^#{1,6} +(.*?) *$/;
const notRun = /^<!-- not run: (.+?) *-->$/;

/** The fenced blocks of a text, in order. */
export const fencesIn = (markdown: string): Fence[] => {
  const lines = markdown.split("\n");
  const fences: Fence[] = [];
  let chapter = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    chapter = heading.exec(line)?.[1] ?? chapter;
    const start = fenceStart.exec(line);
    if (start === null) continue;
    const [, indent = "", ticks = "", language = "", file] = start;
    const end = lines.findIndex((other, index) => index > at && other === indent + ticks);
    if (end < 0) throw new Error(`the block at line ${at + 1} has no end`);
    const before = lines.slice(0, at).findLast((other) => other.trim() !== "") ?? "";
    const body = lines.slice(at + 1, end).map((other) => other.slice(indent.length));
    fences.push({
      language,
      file,
      text: body.map((other) => `${other}\n`).join(""),
      chapter,
      line: at + 2,
      notRun: notRun.exec(before.trim())?.[1],
    });
    at = end;
  }
  return fences;
};

export const fencesOf = (path: string): Fence[] => fencesIn(readFileSync(path, "utf8"));
