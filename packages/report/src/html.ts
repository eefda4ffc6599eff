import { harmless } from "./text/harmless.ts";

/** Text that is HTML already. Made by `html` alone, so that nothing from outside becomes one unescaped. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** For text that this package wrote itself: styles and scripts. */
  static trusted(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text is escaped, nothing is written for what is absent. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Text as it may stand between tags and in quoted attributes; controls are shown, not sent. */
export const escaped = (text: string): string =>
  harmless(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? "");

const written = (part: Part): string => {
  if (part === undefined || part === null || part === false) return "";
  if (part instanceof Html) return part.toString();
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return part.map(written).join("");
};

/** The one way to write HTML here: every part is escaped unless it is HTML already. Attributes are to be quoted. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  Html.trusted(texts.map((text, index) => text + written(parts[index])).join(""));

/** A link outside, when it is one of the web; of everything else the text alone is shown. */
export const link = (url: string, text: string = url): Html => {
  const web = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return web ? html`<a href="${url}" rel="noreferrer noopener">${text}</a>` : html`${text}`;
};
