import type { MaintenanceReport, RunResult } from "@hawser/core/plugin";
import { escapeLine } from "./escape.ts";
import { instanceTable } from "./instances.ts";
import type { Style } from "./style.ts";
import { dateText } from "./units.ts";

/** That the application is in maintenance, in one line: by whom or which run, since when, why. */
export const maintenanceLine = ({ who, host, since, why, run }: MaintenanceReport): string =>
  escapeLine(
    `maintenance is on since ${dateText(since)}, by ${run === undefined ? "" : `run ${run} of `}${who}@${host}: ${why}`,
  );

/** The last word on `maintenance`. */
export const maintenanceLines = (result: RunResult, style: Style, columns: number): string[] => {
  const { maintenance, outcome, instances } = result;
  const is = outcome === "unchanged" ? "was" : "is";
  const already = outcome === "unchanged" ? " already; its commands ran again" : "";
  return [
    style.green(`${style.done} maintenance ${is} ${maintenance === undefined ? "off" : "on"}${already}`),
    "",
    ...instanceTable(instances, style, columns),
    ...(maintenance === undefined ? [] : [style.yellow(maintenanceLine(maintenance))]),
  ];
};
