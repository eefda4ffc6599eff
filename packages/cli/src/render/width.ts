const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /^(?:\p{M}|\u200b|\u200c|\u200d)$/u;
const colour = /\x1b\[[0-9;]*m/g;

const cell = (character: string): number => (combining.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** How many columns a text takes on a terminal; colours take none. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text.replace(colour, "")) width += cell(character);
  return width;
};

/** Cuts plain text to a number of columns, with an ellipsis where something was cut. */
export const clip = (text: string, columns: number, ellipsis = "…"): string => {
  if (widthOf(text) <= columns) return text;
  const room = Math.max(0, columns - widthOf(ellipsis));
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += cell(character);
    if (width > room) break;
    kept += character;
  }
  return columns <= 0 ? "" : kept + ellipsis;
};

export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - widthOf(text)));

export const padStart = (text: string, columns: number): string =>
  " ".repeat(Math.max(0, columns - widthOf(text))) + text;
