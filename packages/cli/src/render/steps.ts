import type { CommandLine, FlowReport, LineOrigin, StepLine } from "@hawser/core";
import { escapeLine } from "./escape.ts";
import type { Style } from "./style.ts";
import { table } from "./table.ts";

/** A step, a phase that is no step, or a command of one. */
interface Line {
  readonly name: string;
  /** How often a step runs; on which instances a command does. */
  readonly where: string;
  readonly user: string;
  readonly limit: string;
  readonly conditions: string;
  readonly origin: string;
  readonly run: string;
  readonly kind: "step" | "command" | "skipped";
}

/** The phases whose commands run in a step, in its order. */
const phasesOf: Readonly<Record<string, readonly string[]>> = {
  prepare: ["prepare"],
  install: ["install"],
  "once.before": ["once.before"],
  activate: ["leave", "activate"],
  "once.after": ["once.after"],
};

/** Phases that no step runs, and when they do. */
const otherPhases: Readonly<Record<string, string>> = {
  rollback: "when an instance leaves the release: put back, rolled back",
  "maintenance.on": "when maintenance begins",
  "maintenance.off": "when maintenance ends",
};

/** A line's own name is its key in the config, so the place says the rest; what a config changed names whose it was, too. */
const originText = ({ origin, place }: LineOrigin): string => {
  if (place === undefined) return origin;
  const [whose, changed] = origin.split(", changed by ");
  return changed === undefined ? place : `${place} (${whose})`;
};

const limitText = (ms: number | undefined): string => {
  if (ms === undefined) return "";
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
};

const empty = { user: "", limit: "", conditions: "", run: "" };

const skippedLine = (name: string, skipped: LineOrigin): Line => ({
  ...{ ...empty, name, where: "skipped", kind: "skipped" },
  origin: originText(skipped),
});

const stepLine = (step: StepLine): Line =>
  step.skipped === undefined
    ? { ...{ ...empty, name: step.name, where: step.where, kind: "step" }, origin: originText(step) }
    : skippedLine(step.name, step.skipped);

const rolesText = ({ phase, roles }: CommandLine): string => {
  if (phase === "prepare") return "deployer";
  const who = roles === undefined ? "" : roles.join(", ");
  if (phase.startsWith("once.")) return who === "" ? "one" : `one of ${who}`;
  return who === "" ? "all" : who;
};

const conditionsOf = (command: CommandLine): string =>
  [
    command.needed === undefined ? "" : "if needed",
    command.lock === undefined ? "" : `lock ${command.lock}`,
    command.maintenance === true ? "in maintenance" : "",
    command.compatible === false ? "not compatible" : "",
    command.mayFail === true ? "may fail" : "",
    command.cwd === undefined ? "" : `in ${command.cwd}`,
  ]
    .filter((text) => text !== "")
    .join("; ");

const commandLine = (command: CommandLine, shown: string): Line => {
  const name = `  ${shown}`;
  if (command.skipped !== undefined) return skippedLine(name, command.skipped);
  const [first = "", ...more] = (command.run ?? "").split("\n");
  return {
    name,
    kind: "command",
    where: rolesText(command),
    user: command.user ?? (command.phase === "prepare" ? "" : "transport's"),
    limit: limitText(command.timeoutMs),
    conditions: conditionsOf(command),
    origin: originText(command),
    run: more.length === 0 ? first : `${first} ...`,
  };
};

const checkLines = ({ check }: FlowReport): readonly Line[] => {
  if (check === undefined) return [];
  const stable = check.stableMs > 0 ? [`for ${limitText(check.stableMs)}`] : [];
  const release = check.release === true ? ["names its release"] : [];
  return [
    {
      name: check.http === undefined ? "  command" : "  http",
      kind: "command",
      where: "all",
      user: check.user ?? "",
      limit: limitText(check.timeoutMs),
      conditions: [...stable, ...release].join("; "),
      origin: originText(check),
      run: check.http ?? check.command ?? "",
    },
  ];
};

const linesOf = (report: FlowReport): readonly Line[] => {
  const commands = (phase: string, prefix = "") =>
    report.commands
      .filter((command) => command.phase === phase)
      .map((command) => commandLine(command, `${prefix}${command.name}`));
  const steps = report.steps.flatMap((step) => [
    stepLine(step),
    ...(phasesOf[step.name] ?? []).flatMap((phase) => commands(phase, phase === "leave" ? "leave " : "")),
    ...(step.name === "check" ? checkLines(report) : []),
  ]);
  const others = Object.entries(otherPhases).flatMap(([phase, when]) => {
    const found = commands(phase);
    return found.length === 0
      ? []
      : [{ ...{ ...empty, name: phase, where: "instances", origin: when, kind: "step" as const } }, ...found];
  });
  return [...steps, ...others];
};

/** The table of a run for people: every step, below it its commands, and who put each there. */
export const flowLines = (report: FlowReport, style: Style, columns: number): string[] =>
  table<Line>(
    [
      {
        title: "STEP",
        text: ({ name }) => escapeLine(name),
        paint: (text, { kind }) =>
          kind === "step" ? style.bold(text) : kind === "skipped" ? style.dim(text) : text,
      },
      { title: "WHERE", text: ({ where }) => escapeLine(where) },
      { title: "USER", text: ({ user }) => escapeLine(user) },
      { title: "LIMIT", text: ({ limit }) => limit, right: true },
      { title: "CONDITIONS", text: ({ conditions }) => escapeLine(conditions) },
      { title: "ORIGIN", text: ({ origin }) => escapeLine(origin) },
      { title: "COMMAND", text: ({ run }) => escapeLine(run), paint: style.dim, spare: 1 },
    ],
    linesOf(report),
    columns,
  );
