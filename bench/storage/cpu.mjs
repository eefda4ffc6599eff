import { readFileSync } from "node:fs";

/** The kernel counts in hundredths of a second what ended children took. */
const tickMs = 10;

const childrenMs = () => {
  // The program's name, in brackets, may have spaces; after it stand the fields from the third on.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * tickMs;
};

/** Milliseconds of processor time of this process and its ended children; NaN where there is no `/proc`. */
export const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  try {
    return (user + system) / 1000 + childrenMs();
  } catch {
    return Number.NaN;
  }
};
