import type { PinReport } from "@hawser/core";
import { escapeLine } from "./escape.ts";
import { dateText } from "./units.ts";

/** A pin in one line: what, by whom, when, why. */
export const pinLine = ({ release, who, host, since, why }: PinReport, state: string): string =>
  escapeLine(
    `release ${release} ${state} by ${who}@${host}, ${dateText(since)}${why === undefined ? "" : `: ${why}`}`,
  );
