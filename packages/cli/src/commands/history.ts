import type { HistoryEntry, HistoryRequest } from "@hawser/core";
import { errors } from "../errors.ts";
import { columnsOf, type Invocation } from "../invocation.ts";
import { countOf, pastOf } from "../moment.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { commitLines } from "../render/commits.ts";
import { escapeLine } from "../render/escape.ts";
import type { Style } from "../render/style.ts";
import { table } from "../render/table.ts";
import { dateText, durationText } from "../render/units.ts";
import type { AddCommand } from "./command.ts";

interface HistoryOptions extends GlobalOptions {
  readonly limit: string;
  readonly since?: string;
  readonly verb?: string;
  readonly outcome?: string;
  readonly changes?: boolean;
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

/** As the engine names outcomes, and as people read them. */
const outcomes: Readonly<Record<string, NonNullable<HistoryRequest["outcome"]>>> = {
  done: "done",
  unchanged: "unchanged",
  untouched: "untouched",
  putBack: "putBack",
  "put-back": "putBack",
  split: "split",
  incomplete: "incomplete",
  interrupted: "interrupted",
  open: "open",
  noted: "noted",
};

const outcomeOf = (text: string): NonNullable<HistoryRequest["outcome"]> => {
  const found = Object.hasOwn(outcomes, text) ? outcomes[text] : undefined;
  if (found !== undefined) return found;
  const known = [...new Set(Object.values(outcomes))].join(", ");
  throw errors.HWS_CLI_USAGE([`--outcome ${text} is none`], { hint: `There are ${known}.` });
};

const requestOf = ({ limit, since, verb, outcome, changes }: HistoryOptions): HistoryRequest => ({
  limit: countOf("--limit", limit),
  ...given({ verb, changes }),
  ...(since !== undefined && { since: pastOf("--since", since) }),
  ...(outcome !== undefined && { outcome: outcomeOf(outcome) }),
});

/** The lines with the commits of each run below it. */
const withCommits = (
  lines: readonly string[],
  entries: readonly HistoryEntry[],
  style: Style,
  columns: number,
): string[] =>
  lines.flatMap((line, index) => [
    line,
    ...commitLines(entries[index - 1] ?? {}, style, columns - 2).map((commit) => `  ${commit}`),
  ]);

export const history: AddCommand = (program, invoke) => {
  program
    .command("history")
    .description(
      "List what was done: the runs, pins, holds; who, from which release to which, why, how it ended.",
    )
    .option("--limit <number>", "how many, newest first", "20")
    .option("--since <time>", "only what began since then: 7d, 12h, or a time with its zone")
    .option("--verb <verb>", "only what was asked for so: deploy, rollback, pin, …")
    .option("--outcome <outcome>", "only what ended so: done, put-back, split, open, noted, …")
    .option("--changes", "also the commits that each run brought or took back, as the source tells them")
    .action((_own: unknown, command: { optsWithGlobals(): HistoryOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "history", 4, async (operation) => {
          const wanted = requestOf(options);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const entries = await engine.history({ ...wanted, ...inEnvironment(project) });
          const { style } = invocation;
          const columns = limitedBy(invocation);
          return {
            result: answerResult(operation.subject, 0, { history: entries }),
            lines: withCommits(historyLines(entries, style, columns), entries, style, columns),
          };
        }),
      );
    });
};
