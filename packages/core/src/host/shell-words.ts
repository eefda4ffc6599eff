/**
 * A command text that `sh` takes for exactly these words: each is quoted whole, so that nothing in it is expanded, split or
 * taken for an assignment or a keyword. No word may hold a NUL, which no argument can.
 */
export const shellWords = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
