/** What a thing is like, in the colours of a page: never said by colour alone. */
export type Tone = "good" | "bad" | "warn" | "busy" | "back" | "idle";

/**
 * Text on `page`, `card` and the tones' own grounds is at least 4.5 to 1, a bar or a frame at least 3 to 1: a test holds
 * both schemes to it.
 */
export interface Palette {
  readonly page: string;
  readonly card: string;
  /** What lies behind bars, and every second row. */
  readonly well: string;
  readonly line: string;
  readonly text: string;
  readonly soft: string;
  readonly accent: string;
  /** Of each tone: its text, what the text may stand on, and the fill of a bar. */
  readonly tones: Readonly<Record<Tone, readonly [text: string, ground: string, fill: string]>>;
}

export const light: Palette = {
  page: "#f4f6f9",
  card: "#ffffff",
  well: "#eef1f5",
  line: "#d5dbe4",
  text: "#18202c",
  soft: "#4c5869",
  accent: "#1a56b8",
  tones: {
    good: ["#0b6236", "#e2f4ea", "#1f9457"],
    bad: ["#a81e18", "#fdeae8", "#d0352b"],
    warn: ["#7c4a00", "#fdf1d9", "#b9760a"],
    busy: ["#184f9e", "#e5eefb", "#3a7bd9"],
    back: ["#5d3a9c", "#f0eafa", "#8259c9"],
    idle: ["#4c5869", "#eaeef3", "#7d8898"],
  },
};

export const dark: Palette = {
  page: "#0f131a",
  card: "#171d26",
  well: "#1f2733",
  line: "#303a49",
  text: "#e8ecf2",
  soft: "#a9b4c3",
  accent: "#8ab8ff",
  tones: {
    good: ["#66d79a", "#12301f", "#35a468"],
    bad: ["#ff9d94", "#3c1715", "#e2574c"],
    warn: ["#f3bf5d", "#362708", "#c4871c"],
    busy: ["#8dbcff", "#142a4a", "#4d8be6"],
    back: ["#c9b0f7", "#2a1f45", "#9470d8"],
    idle: ["#a9b4c3", "#232c39", "#7c8899"],
  },
};

/** The colours as custom properties of CSS. */
export const properties = ({ tones, ...plain }: Palette): string =>
  [
    ...Object.entries(plain).map(([name, value]) => `--${name}:${value}`),
    ...Object.entries(tones).flatMap(([tone, [text, ground, fill]]) => [
      `--${tone}:${text}`,
      `--${tone}-ground:${ground}`,
      `--${tone}-fill:${fill}`,
    ]),
  ].join(";");
