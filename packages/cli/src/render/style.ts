import type { Surroundings } from "../surroundings.ts";

type Paint = (text: string) => string;

/** Colours and glyphs of one output; both fall back to plain ASCII. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly done: string;
  readonly failed: string;
  readonly running: string;
  readonly skipped: string;
  readonly bar: string;
  readonly dot: string;
  readonly arrow: string;
  readonly ellipsis: string;
}

const plain: Paint = (text) => text;
const paint =
  (code: number): Paint =>
  (text) =>
    text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`;

const ascii = {
  done: "+",
  failed: "x",
  running: ">",
  skipped: "-",
  bar: "|",
  dot: "-",
  arrow: "->",
  ellipsis: "...",
};
const unicode = {
  done: "✓",
  failed: "✗",
  running: "▸",
  skipped: "·",
  bar: "│",
  dot: "·",
  arrow: "→",
  ellipsis: "…",
};

const colourless = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };
const coloured = {
  bold: paint(1),
  dim: paint(2),
  red: paint(31),
  green: paint(32),
  yellow: paint(33),
  cyan: paint(36),
};

const speaksUnicode = (env: Surroundings["env"]): boolean =>
  /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");

export const plainStyle: Style = { ...colourless, ...ascii };

/** Colours on a terminal unless NO_COLOR is set to anything; glyphs where the locale is UTF-8. */
export const styleOf = ({ env, terminal }: Pick<Surroundings, "env" | "terminal">): Style => ({
  ...(terminal && !env.NO_COLOR ? coloured : colourless),
  ...(terminal && speaksUnicode(env) ? unicode : ascii),
});
