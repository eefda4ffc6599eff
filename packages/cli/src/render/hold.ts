import type { HoldReport } from "@hawser/core/plugin";
import { escapeLine } from "./escape.ts";
import { dateText } from "./units.ts";

/** A hold in one line: by whom, since when, until when, why. */
export const holdLine = ({ who, host, since, until, why }: HoldReport): string =>
  escapeLine(
    `deploys are held by ${who}@${host} since ${dateText(since)}, ${
      until === undefined ? "until `hawser unhold`" : `until ${dateText(until)}`
    }: ${why}`,
  );
