import type { RunResult } from "@hawser/core/plugin";
import { errorLines } from "./block.ts";
import { drainLine } from "./drained.ts";
import { escapeLine } from "./escape.ts";
import { holdLine } from "./hold.ts";
import { instanceTable } from "./instances.ts";
import { maintenanceLine } from "./maintenance.ts";
import type { Style } from "./style.ts";

const verdict = (result: RunResult, style: Style): string => {
  if (result.exitCode === 0 && result.desired === null) return "nothing is deployed yet";
  if (result.exitCode === 0) return style.green(`${style.done} every instance runs the desired release`);
  if (result.exitCode === 3) return style.red(`${style.failed} instances differ from the desired release`);
  if (result.exitCode === 4) return style.red(`${style.failed} not everything could be looked at`);
  return style.red(`${style.failed} ${result.outcome}`);
};

const driftLines = (result: RunResult, style: Style): string[] =>
  result.instances.flatMap(({ id, drift }) => {
    const paths = drift ?? [];
    if (paths.length === 0) return [];
    const shown = paths.slice(0, 10).map((path) => `  ${escapeLine(path)}`);
    const rest = paths.length > 10 ? [`  ${style.ellipsis} and ${paths.length - 10} more`] : [];
    return ["", `${escapeLine(id)} differs from what was installed:`, ...shown, ...rest];
  });

/** What every instance runs, and whether that is what should run. */
export const statusLines = (result: RunResult, style: Style, columns: number): string[] => {
  const place =
    result.environment === "" ? result.application : `${result.application} on ${result.environment}`;
  const desired =
    result.desired === null
      ? "none yet"
      : result.desired === "unknown"
        ? "not known"
        : `release ${result.desired}`;
  return [
    `${style.bold(escapeLine(place))} ${style.dot} desired: ${desired}`,
    ...(result.hold === undefined ? [] : [style.yellow(holdLine(result.hold))]),
    ...(result.maintenance === undefined ? [] : [style.yellow(maintenanceLine(result.maintenance))]),
    "",
    ...(result.instances.length === 0
      ? ["no instances"]
      : instanceTable(result.instances, style, columns, result.desired)),
    ...result.instances.flatMap(({ id, drain }) =>
      drain === undefined ? [] : [style.yellow(drainLine(id, drain))],
    ),
    ...driftLines(result, style),
    ...result.instances.flatMap((instance) =>
      instance.error === undefined
        ? []
        : ["", escapeLine(`${instance.id}: ${instance.error.message} (${instance.error.code})`)],
    ),
    ...(result.error === undefined ? [] : ["", ...errorLines(result.error, style, columns)]),
    "",
    ...result.warnings.map((warning) =>
      style.yellow(escapeLine(`warning: ${warning.message} (${warning.code})`)),
    ),
    verdict(result, style),
    ...result.next.map((command) => `next: ${escapeLine(command)}`),
  ];
};
