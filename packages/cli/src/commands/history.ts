import type { HistoryEntry } from "@hawser/core";
import { errors } from "../errors.ts";
import { columnsOf, type Invocation } from "../invocation.ts";
import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { escapeLine } from "../render/escape.ts";
import type { Style } from "../render/style.ts";
import { table } from "../render/table.ts";
import { dateText, durationText } from "../render/units.ts";
import type { AddCommand } from "./command.ts";

interface HistoryOptions extends GlobalOptions {
  readonly limit: string;
}

const outcomePaint = (style: Style) => (text: string, entry: HistoryEntry) => {
  if (entry.outcome === "noted") return text;
  if (entry.outcome === "done" || entry.outcome === "unchanged") return style.green(text);
  return entry.outcome === "open" ? style.yellow(text) : style.red(text);
};

const outcomeText = ({ outcome }: HistoryEntry): string => (outcome === "putBack" ? "put back" : outcome);

/** What an entry was about: a run leads from one release to another, a note names one at most. */
const aboutText = (entry: HistoryEntry, style: Style): string => {
  const from = entry.origin === undefined ? "" : ` (from ${entry.origin})`;
  if (entry.run === null) return `${entry.to ?? instancesText(entry)}${from}`;
  return `${entry.from ?? "none"} ${style.arrow} ${entry.to ?? "none"}${from}`;
};

/** The first few names say enough: `--json` has them all. */
const instancesText = ({ instances = [] }: HistoryEntry): string =>
  instances.length <= 3 ? instances.join(", ") : `${instances[0]} and ${instances.length - 1} more`;

const whyText = ({ message, until, command, log }: HistoryEntry): string =>
  [
    message,
    command,
    log === undefined ? undefined : `(${log})`,
    until === undefined ? undefined : `(until ${dateText(until)})`,
  ]
    .filter((part) => part !== undefined)
    .join(" ");

const historyLines = (entries: readonly HistoryEntry[], style: Style, columns: number): string[] =>
  entries.length === 0
    ? ["nothing was done yet"]
    : table<HistoryEntry>(
        [
          { title: "WHEN", text: (entry) => dateText(entry.started) },
          { title: "RUN", text: (entry) => entry.run ?? "" },
          { title: "VERB", text: (entry) => entry.verb },
          {
            title: "RELEASE",
            text: (entry) => escapeLine(aboutText(entry, style)),
          },
          { title: "OUTCOME", text: outcomeText, paint: outcomePaint(style) },
          {
            title: "TOOK",
            text: (entry) => (entry.durationMs === undefined ? "" : durationText(entry.durationMs)),
            right: true,
            spare: 2,
          },
          { title: "WHO", text: (entry) => escapeLine(entry.who), spare: 1 },
          { title: "WHY", text: (entry) => escapeLine(whyText(entry)), spare: 3 },
        ],
        entries,
        columns,
      );

/** In a file or a pipe no line is too long: why something was done is what is looked for there. */
const limitedBy = (invocation: Invocation): number =>
  invocation.surroundings.terminal ? columnsOf(invocation) : Number.POSITIVE_INFINITY;

const limitOf = (text: string): number => {
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw errors.HWS_CLI_USAGE([`--limit ${text} is no number of entries`]);
  return Number(text);
};

export const history: AddCommand = (program, invoke) => {
  program
    .command("history")
    .description(
      "List what was done: the runs, pins, holds; who, from which release to which, why, how it ended.",
    )
    .option("--limit <number>", "how many, newest first", "20")
    .action((_own: unknown, command: { optsWithGlobals(): HistoryOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "history", 4, async (operation) => {
          const limit = limitOf(options.limit);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const entries = await engine.history({ limit, ...inEnvironment(project) });
          return {
            result: answerResult(operation.subject, 0, { history: entries }),
            lines: historyLines(entries, invocation.style, limitedBy(invocation)),
          };
        }),
      );
    });
};
