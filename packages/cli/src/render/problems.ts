import type { Problem } from "@hawser/core/plugin";
import { wrap } from "./block.ts";
import { escapeLine } from "./escape.ts";
import type { Style } from "./style.ts";
import { count } from "./units.ts";

const byWhere = (problems: readonly Problem[]): Map<string, Problem[]> => {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const where = problem.where ?? "";
    groups.set(where, [...(groups.get(where) ?? []), problem]);
  }
  return groups;
};

const problemText = (problem: Problem, style: Style, columns: number): string[] => {
  const [first = "", ...rest] = wrap(`${problem.message} (${problem.code})`, columns - 6);
  const sign = problem.severity === "error" ? style.red(style.failed) : style.yellow("!");
  const hint = problem.hint === undefined ? [] : wrap(problem.hint, columns - 6).map(style.dim);
  return [`  ${sign} ${first}`, ...[...rest, ...hint].map((line) => `    ${line}`)];
};

/** Problems by what has them, each with its mend. */
export const problemLines = (problems: readonly Problem[], style: Style, columns: number): string[] => {
  const wrong = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - wrong;
  const total = [wrong > 0 ? count(wrong, "error") : "", warnings > 0 ? count(warnings, "warning") : ""]
    .filter(Boolean)
    .join(", ");
  return [
    ...[...byWhere(problems)].flatMap(([where, own]) => [
      ...(where === "" ? [] : [style.bold(escapeLine(where))]),
      ...own.flatMap((problem) => problemText(problem, style, columns)),
      "",
    ]),
    wrong > 0
      ? style.red(`${style.failed} ${total}`)
      : style.green(`${style.done} ${total === "" ? "no problem found" : total}`),
  ];
};
