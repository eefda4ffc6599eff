import type { ErrorReport, InstanceResult, RunResult } from "@hawser/core/plugin";
import { escapeLine, escapeLines } from "./escape.ts";
import { instanceTable } from "./instances.ts";
import { maintenanceLine } from "./maintenance.ts";
import type { Style } from "./style.ts";
import { durationText } from "./units.ts";
import { outcomeWords } from "./words.ts";

const indent = (lines: readonly string[], by = "  "): string[] =>
  lines.map((line) => (line === "" ? "" : by + line));

/** What stays on one line: a word, or a command between backticks. */
const unbreakable = /`[^`]*`\S*|\S+/g;

/** Long sentences on lines of at most `limit` columns, where nothing in them is longer. */
export const wrap = (text: string, limit: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const [word] of escapeLine(text).matchAll(unbreakable)) {
    if (line !== "" && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

const operation = (result: RunResult): string => {
  const place =
    result.environment === "" ? result.application : `${result.application} on ${result.environment}`;
  return place === "" ? result.verb : `${result.verb} of ${place}`;
};

/** What happened: the error, where, its output, and what to do about it. */
export const errorLines = (error: ErrorReport, style: Style, limit: number): string[] => {
  const where = [error.instance && `on ${error.instance}`, error.step && `in step ${error.step}`].filter(
    Boolean,
  );
  const output = error.output === undefined ? [] : escapeLines(error.output);
  return [
    ...wrap(error.message, limit),
    style.dim(escapeLine(`${[error.code, ...where].join(", ")}`)),
    ...output.map((line) => style.dim(`${style.bar} `) + line),
    ...(error.hint === undefined ? [] : wrap(error.hint, limit)),
  ];
};

/** Every other instance's own error: the first error must not hide that a second instance failed too. */
const furtherErrors = (result: RunResult, style: Style, limit: number): string[] => {
  const seen = new Set([`${result.error?.instance}${result.error?.code}`]);
  return result.instances.flatMap((instance: InstanceResult) => {
    const error = instance.error;
    if (error === undefined || seen.has(`${instance.id}${error.code}`)) return [];
    return wrap(`${style.failed} ${instance.id}: ${error.message} (${error.code})`, limit);
  });
};

const nowLines = (result: RunResult, style: Style, limit: number): string[] => [
  ...wrap(stateOfThings(result), limit),
  ...(result.maintenance === undefined
    ? []
    : wrap(maintenanceLine(result.maintenance), limit).map((line) => style.yellow(line))),
  ...(result.instances.length === 0 ? [] : instanceTable(result.instances, style, limit, result.release)),
];

/** The state of everything in one sentence: which release is where, and what is desired. */
const stateOfThings = (result: RunResult): string => {
  if (result.instances.length === 0) return "No instance was touched.";
  const on = new Map<string, number>();
  for (const { release, state } of result.instances) {
    const name =
      state === "unreachable" || state === "unknown"
        ? "not known"
        : release === null
          ? "no release"
          : `release ${release}`;
    on.set(name, (on.get(name) ?? 0) + 1);
  }
  const parts = [...on].map(
    ([name, many]) => `${many === result.instances.length ? "all" : many} on ${name}`,
  );
  const desired =
    result.desired === null
      ? ""
      : result.desired === "unknown"
        ? "; desired: not known"
        : `; desired: release ${result.desired}`;
  return `${result.instances.length} instances: ${parts.join(", ")}${desired}.`.replace(
    /^1 instances: all on/,
    "The one instance is on",
  );
};

const headLines = (text: string, style: Style, limit: number): string[] =>
  wrap(text, limit).map((line, index) => style.red(`${index === 0 ? style.failed : " "} ${line}`));

const section = (title: string, lines: readonly string[], style: Style): string[] =>
  lines.length === 0 ? [] : ["", style.bold(title), ...indent(lines)];

/** The last word on what never began: nothing was looked at, so there is no state to tell. */
const refusal = (result: RunResult, style: Style, limit: number): string[] => {
  const [first = "", ...rest] = result.error === undefined ? [] : errorLines(result.error, style, limit);
  return [
    `${style.red(result.verb === "" ? style.failed : `${style.failed} ${result.verb}:`)} ${first}`,
    ...indent(rest),
    ...(result.exitCode === 2 || result.exitCode === 4 ? [] : ["  Nothing was changed."]),
    ...section(
      "Next",
      result.next.map((command) => style.cyan(escapeLine(command))),
      style,
    ),
  ];
};

const began = (result: RunResult): boolean => result.run !== null || result.instances.length > 0;

/** The last word on a failure, the same on a terminal and in plain lines. */
export const failureBlock = (result: RunResult, style: Style, columns: number): string[] => {
  const limit = Math.max(40, columns - 2);
  if (!began(result)) return refusal(result, style, limit);
  const facts = [
    `after ${durationText(result.durationMs)}`,
    ...(result.run === null ? [] : [`run ${result.run}`]),
  ];
  return [
    ...headLines(`${operation(result)}: ${outcomeWords(result.outcome, result.verb)}`, style, limit),
    ...wrap(facts.join(", "), limit).map((line) => style.dim(`  ${line}`)),
    ...section(
      "What happened",
      [
        ...(result.error === undefined ? [] : errorLines(result.error, style, limit)),
        ...furtherErrors(result, style, limit),
      ],
      style,
    ),
    ...section("State now", nowLines(result, style, limit), style),
    ...section(
      "What did run",
      result.ran.length === 0 && result.run !== null
        ? ["Nothing that cannot be undone."]
        : result.ran.map(escapeLine),
      style,
    ),
    ...section(
      "Next",
      result.next.map((command) => style.cyan(escapeLine(command))),
      style,
    ),
  ];
};
