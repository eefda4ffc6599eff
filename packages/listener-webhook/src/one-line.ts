/** Control characters, and those that turn the direction of writing: they would make a message read as another one. */
const unseen = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A value as a part of one line. */
export const oneLine = (text: string): string => text.replaceAll(unseen, " ").trim();

/** At most so many characters behind `write`, which may make a text longer. */
export const clipped = (
  text: string,
  limit: number,
  write: (text: string) => string = (same) => same,
): string => {
  const whole = write(text);
  if (whole.length <= limit) return whole;
  let kept = "";
  for (const character of text) {
    const written = write(character);
    if (kept.length + written.length >= limit) break;
    kept += written;
  }
  return `${kept}…`;
};
