// Besides control characters: bidirectional overrides and line separators, which make a line read as something else.
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const shown = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
};

/** Text from outside, made harmless to a terminal and to who reads it: controls are shown, not sent. Tabs and line ends stay. */
export const harmless = (text: string): string => text.replace(unsafe, shown).replace(halves, shown);

/** One line of text from outside, made harmless. */
export const harmlessLine = (text: string): string =>
  harmless(text.replaceAll("\t", "  ").replaceAll("\n", "\\x0a"));

/** A progress bar rewrites its line with carriage returns: what was written last is what a terminal would show. */
const lastWritten = (line: string): string => {
  const whole = line.replace(/\r+$/, "");
  return whole.slice(whole.lastIndexOf("\r") + 1);
};

/** The lines of a text from outside, each harmless; a trailing line end gives no empty line. */
export const harmlessLines = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => harmlessLine(lastWritten(line)));
};
