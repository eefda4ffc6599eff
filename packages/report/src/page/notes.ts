import type { LogEntry } from "@hawser/core";
import type { ErrorReport } from "@hawser/core/plugin";
import type { RunFacts } from "../facts.ts";
import { type Html, html } from "../html.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { count, durationText } from "../text/units.ts";
import { output, placeOf } from "./failure.ts";
import { sentence } from "./words.ts";

/** How many warnings and waits are shown. */
const shownNotes = 50;

const warning = (
  each: ErrorReport,
): Html => html`<li>${each.message} <span class="soft">${placeOf(each)}</span>
<br><span class="small"><code>${each.code}</code> ${each.hint !== undefined && html`<span class="soft">${sentence(each.hint)}</span>`}</span></li>`;

const list = <T>(all: readonly T[], write: (each: T) => Html): Html =>
  html`<ul class="plain">${all
    .slice(0, shownNotes)
    .map(
      write,
    )}</ul>${all.length > shownNotes && html`<p class="soft">and ${all.length - shownNotes} more</p>`}`;

const section = (id: string, title: string, body: Html): Html =>
  html`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;

/** What did run and cannot be undone, what was warned of, what was waited for. */
export const notes = (picture: RunPicture): readonly Html[] => {
  const { result, warnings, waits, began } = picture;
  const ran = result?.ran ?? [];
  return [
    ...(ran.length > 0
      ? [
          section(
            "ran",
            "What ran once, and is not undone",
            list(ran, (each) => html`<li><code>${each}</code></li>`),
          ),
        ]
      : []),
    ...(warnings.length > 0
      ? [section("warnings", count(warnings.length, "warning"), list(warnings, warning))]
      : []),
    ...(waits.length > 0
      ? [
          section(
            "waits",
            "What it waited for",
            list(
              waits,
              ({ what, since, until, instances }) =>
                html`<li>${what}${instances.length > 0 && html` on ${instances.slice(0, 5).join(", ")}${instances.length > 5 && ` and ${instances.length - 5} more`}`} <span class="soft">after ${durationText(since - began)}, for ${durationText(until - since)} at the most</span></li>`,
            ),
          ),
        ]
      : []),
  ];
};

/** The entries of one command on one instance are one output. */
const commandsOf = (logs: readonly LogEntry[]): readonly LogEntry[] => {
  const joined: LogEntry[] = [];
  for (const entry of logs) {
    const before = joined.at(-1);
    const same =
      before?.instance === entry.instance && before.step === entry.step && before.command === entry.command;
    if (same && before !== undefined)
      joined[joined.length - 1] = { ...before, text: before.text + entry.text };
    else joined.push(entry);
  }
  return joined;
};

/** What commands wrote where something failed, each folded. */
export const outputs = ({ logs = [] }: RunFacts, { run }: RunPicture): Html | undefined => {
  const all = commandsOf(logs);
  if (all.length === 0) return undefined;
  return section(
    "output",
    "Output where it failed",
    html`${all.map(
      ({ instance, step, command, text }) =>
        html`<details><summary><b>${instance}</b> ${step} <code>${command}</code></summary>${output(text)}</details>`,
    )}<p class="soft small">All output: <code>hawser logs ${run ?? ""}</code></p>`,
  );
};
