import type { DrainReport, RunResult } from "@hawser/core/plugin";
import { escapeLine } from "./escape.ts";
import { instanceTable } from "./instances.ts";
import type { Style } from "./style.ts";
import { dateText } from "./units.ts";

/** That a person took an instance out, in one line: by whom, since when, why. */
export const drainLine = (id: string, { who, host, since, why }: DrainReport): string =>
  escapeLine(`${id} is drained by ${who}@${host} since ${dateText(since)}: ${why}`);

/** The last word on `drain` and `undrain`. */
export const drainedLines = (result: RunResult, style: Style, columns: number): string[] => {
  const what = result.verb === "drain" ? "out of the load balancers" : "in again";
  const were = result.outcome === "unchanged" ? `were ${what} already` : `are ${what}`;
  return [
    style.green(`${style.done} ${escapeLine(result.instances.map(({ id }) => id).join(", "))} ${were}`),
    "",
    ...instanceTable(result.instances, style, columns),
    ...result.instances.flatMap(({ id, drain }) =>
      drain === undefined ? [] : [style.yellow(drainLine(id, drain))],
    ),
  ];
};
