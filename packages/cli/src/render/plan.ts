import type { FileChange, RunResult } from "@hawser/core/plugin";
import { escapeLine } from "./escape.ts";
import { holdLine } from "./hold.ts";
import { instanceTable } from "./instances.ts";
import type { Style } from "./style.ts";
import { table } from "./table.ts";
import { bytesText, count, durationText, shortRevision } from "./units.ts";

const shownFiles = 40;
const signs: Readonly<Record<FileChange["change"], string>> = {
  added: "+",
  changed: "~",
  removed: "-",
  mode: "m",
};

/** Changed files as a table, cut where it gets long. */
export const fileLines = (
  files: readonly FileChange[],
  style: Style,
  columns: number,
  most: number = shownFiles,
): string[] => {
  if (files.length === 0) return ["no file differs"];
  const lines = table<FileChange>(
    [
      {
        title: "",
        text: (file) => signs[file.change],
        paint: (text, file) => (file.change === "removed" ? style.red(text) : style.green(text)),
      },
      { title: "PATH", text: (file) => escapeLine(file.path) },
      {
        title: "SIZE",
        text: (file) => (file.change === "removed" ? "" : bytesText(file.sizeBytes)),
        right: true,
      },
    ],
    files.slice(0, most),
    columns,
  );
  return files.length > most
    ? [...lines, `${style.ellipsis} and ${count(files.length - most, "more file")}`]
    : lines;
};

const what = (result: RunResult, style: Style): string => {
  const place =
    result.environment === "" ? result.application : `${result.application} on ${result.environment}`;
  const to = result.release === null ? "a new release" : `release ${result.release}`;
  const revision = result.revision === null ? "" : ` of revision ${shortRevision(result.revision)}`;
  if (result.outcome === "unchanged") return `${place}: nothing to do, ${to}${revision} is in service`;
  return `${place}: release ${result.from ?? "none"} ${style.arrow} ${to}${revision}`;
};

/** What a deploy would do. */
export const planLines = (result: RunResult, style: Style, columns: number): string[] => [
  style.bold(escapeLine(what(result, style))),
  ...(result.hold === undefined ? [] : [style.yellow(holdLine(result.hold))]),
  "",
  ...instanceTable(result.instances, style, columns),
  ...(result.changes === undefined ? [] : ["", ...fileLines(result.changes, style, columns)]),
  "",
  style.dim(
    [
      "nothing was changed",
      ...(result.bytes === undefined ? [] : [`${bytesText(result.bytes)} would be sent`]),
      durationText(result.durationMs),
    ].join(` ${style.dot} `),
  ),
  ...result.warnings.map((warning) =>
    style.yellow(escapeLine(`warning: ${warning.message} (${warning.code})`)),
  ),
];
