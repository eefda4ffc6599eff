import type { RunResult } from "@hawser/core/plugin";
import { escapeLine } from "./escape.ts";
import { instanceTable } from "./instances.ts";
import { maintenanceLine } from "./maintenance.ts";
import type { Style } from "./style.ts";
import { bytesText, count, durationText, shortRevision } from "./units.ts";

const place = (result: RunResult): string =>
  result.environment === "" ? result.application : `${result.application} on ${result.environment}`;

/** What is so now, in one sentence. */
const headline = (result: RunResult, style: Style): string => {
  const release = result.release === null ? "" : ` release ${result.release}`;
  const revision = result.revision === null ? "" : ` (${shortRevision(result.revision)})`;
  if (result.verb === "prune") return `${place(result)}: prune is done`;
  if (result.verb === "watch") return `${place(result)}: the watch has ended`;
  if (result.verb === "reconcile" && result.release === null)
    return `${place(result)}: no release is desired yet`;
  if (result.outcome === "unchanged") return `${place(result)}:${release}${revision} is in service already`;
  const from = result.from === null || result.from === result.release ? "" : `${result.from} ${style.arrow} `;
  return `${place(result)}: release ${from}${result.release}${revision} is in service`;
};

/** The last word on an operation that did what was asked. */
export const successLines = (result: RunResult, style: Style, columns: number): string[] => {
  const bytes = result.instances.reduce((sum, instance) => sum + (instance.bytes ?? 0), 0);
  const facts = [
    result.instances.length > 0 ? count(result.instances.length, "instance") : "",
    bytes > 0 ? `${bytesText(bytes)} sent` : "",
    durationText(result.durationMs),
    result.run === null ? "" : `run ${result.run}`,
  ].filter((fact) => fact !== "");
  return [
    style.green(`${style.done} ${escapeLine(headline(result, style))}`),
    ...(result.instances.length === 0
      ? []
      : ["", ...instanceTable(result.instances, style, columns, result.release), ""]),
    ...(result.maintenance === undefined ? [] : [style.yellow(maintenanceLine(result.maintenance))]),
    style.dim(escapeLine(facts.join(` ${style.dot} `))),
    ...result.warnings.map((warning) =>
      style.yellow(
        escapeLine(
          `warning: ${warning.instance === undefined ? "" : `${warning.instance}: `}${warning.message} (${warning.code})`,
        ),
      ),
    ),
    ...result.next.map((command) => `next: ${escapeLine(command)}`),
  ];
};
