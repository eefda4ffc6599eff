const units = ["B", "kB", "MB", "GB", "TB"];

/** Bytes for people, in powers of 1000: `0 B`, `940 B`, `70 kB`, `1.2 MB`. */
export const bytesText = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
};

/** A duration for people: `0.4 s`, `12.1 s`, `3 min 05 s`, `2 h 10 min`, `4 d 3 h`. */
export const durationText = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
};

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** A revision short enough for a line: long digests are cut, whatever stands before them. */
export const shortRevision = (revision: string): string =>
  revision.replace(/([0-9a-f]{12})[0-9a-f]{4,}/g, "$1");
