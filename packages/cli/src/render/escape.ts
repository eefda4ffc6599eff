// Besides control characters: bidirectional overrides and line separators, which make a line read as something else.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const shown = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
};

/** One line of text from outside, made harmless to a terminal and to who reads a log: controls are shown, not sent. */
export const escapeLine = (text: string): string => text.replaceAll("\t", "  ").replace(unsafe, shown);

/** A progress bar rewrites its line with carriage returns: what was written last is what a terminal would show. */
const lastWritten = (line: string): string => {
  const whole = line.replace(/\r+$/, "");
  return whole.slice(whole.lastIndexOf("\r") + 1);
};

/** The lines of a text from outside, each harmless; a trailing line end gives no empty line. */
export const escapeLines = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => escapeLine(lastWritten(line)));
};
