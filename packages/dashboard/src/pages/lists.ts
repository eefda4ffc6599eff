import type { HistoryEntry, ReleaseSummary } from "@hawser/core";
import { type Html, html, type Mark, mark } from "@hawser/report";
import { bytesText, durationText, shortRevision } from "@hawser/report/text";
import { pathOf } from "../route.ts";
import type { Told } from "../sight/question.ts";
import { runMark, sectionHead, staleness } from "./parts.ts";
import { moment, nameOf, personText } from "./words.ts";

const waiting = (told: Told<unknown>): Html =>
  html`${staleness(told)}${told.failure === undefined && html`<p class="soft">Storage is being asked.</p>`}`;

const releaseMarks = ({ inService, good, bad }: ReleaseSummary): Mark[] => [
  ...(inService.length > 0 ? [{ tone: "good", sign: "●", word: "in service" } as const] : []),
  ...(good ? [{ tone: "good", sign: "✓", word: "good" } as const] : []),
  ...(bad ? [{ tone: "bad", sign: "✗", word: "bad" } as const] : []),
];

const releaseRow = (release: ReleaseSummary): Html => {
  const { id, label, revision, author, created, sizeBytes, pinned } = release;
  return html`<tr><th scope="row" class="num">${id}</th><td class="text">${label}</td><td><code>${shortRevision(revision)}</code></td><td>${author}</td>
<td>${moment(created)}</td><td class="num right">${bytesText(sizeBytes)}</td><td>${releaseMarks(release).map((each) => html`${mark(each)} `)}</td>
<td class="text small">${pinned !== undefined && html`Pinned by ${personText(pinned)}${pinned.why !== undefined && `: ${pinned.why}`}`}</td></tr>`;
};

const choice = (
  id: string,
  label: string,
  releases: readonly ReleaseSummary[],
  chosen: string | undefined,
): Html =>
  html`<p><label for="${id}">${label}</label><select id="${id}" name="${id}">${releases.map(
    (release) =>
      html`<option value="${release.id}"${release.id === chosen && html` selected`}>${release.id} ${release.label}</option>`,
  )}</select></p>`;

/** Which two releases to compare: at first what is in service and the one before it. */
const comparison = (environment: string, releases: readonly ReleaseSummary[]): Html | false => {
  if (releases.length < 2) return false;
  const at = Math.max(
    0,
    releases.findIndex(({ inService }) => inService.length > 0),
  );
  const to = releases[at]?.id;
  const from = (releases[at + 1] ?? releases.find(({ id }) => id !== to))?.id;
  const [action] = pathOf({ page: "diff", environment, from: "", to: "" }).split("?");
  return html`<form class="controls" method="get" action="${action}">${choice("from", "Compare", releases, from)}${choice("to", "with", releases, to)}<p><button>Show what differs</button></p></form>`;
};

/** The releases in storage. */
export const releasesPart = (environment: string, told: Told<readonly ReleaseSummary[]>): Html => {
  const { answer } = told;
  if (answer === undefined)
    return html`<section class="card" id="releases">${sectionHead("Releases")}${waiting(told)}</section>`;
  const rows = answer.map(releaseRow);
  return html`<section class="card" id="releases">${sectionHead("Releases")}${staleness(told)}${comparison(environment, answer)}${
    rows.length === 0
      ? html`<p class="soft">There is none yet.</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Releases"><table class="wide"><thead><tr><th scope="col">Release</th><th scope="col">Label</th><th scope="col">Revision</th><th scope="col">Author</th><th scope="col">Made</th><th scope="col" class="right">Size</th><th scope="col">Standing</th><th scope="col">Pin</th></tr></thead><tbody>${rows}</tbody></table></div>`
  }</section>`;
};

const ending = ({ outcome, run }: HistoryEntry, working: string | undefined): Html | string =>
  outcome === "noted" ? "" : mark(runMark(outcome, run === working));

const about = ({ from, to, origin }: HistoryEntry): string =>
  [
    from === null || from === to ? to : `${from} → ${to ?? "?"}`,
    origin === undefined ? undefined : `from ${nameOf(origin)}`,
  ]
    .filter(Boolean)
    .join(" ");

const why = ({ message, instances, command }: HistoryEntry): string =>
  [message, instances?.join(", "), command].filter(Boolean).join(" · ");

const historyRow = (environment: string, entry: HistoryEntry, working: string | undefined): Html => {
  const { run, verb, who, started, durationMs } = entry;
  const named = run === null ? "" : html`<a href="${pathOf({ page: "run", environment, run })}">${run}</a>`;
  return html`<tr><td>${moment(started)}</td><td class="num">${named}</td><td>${verb}</td><td class="num">${about(entry)}</td><td>${ending(entry, working)}</td>
<td class="num right">${durationMs !== undefined && durationText(durationMs)}</td><td>${who}</td><td class="text small">${why(entry)}</td></tr>`;
};

/** What was done, newest first; `working` is the run that somebody is at. */
export const historyPart = (
  environment: string,
  told: Told<readonly HistoryEntry[]>,
  working: string | undefined,
): Html => {
  const { answer } = told;
  return html`<section class="card" id="history">${sectionHead("History")}${
    answer === undefined
      ? waiting(told)
      : html`${staleness(told)}${
          answer.length === 0
            ? html`<p class="soft">Nothing was done yet.</p>`
            : html`<div class="scroll" tabindex="0" role="region" aria-label="History"><table class="wide"><thead><tr><th scope="col">When</th><th scope="col">Run</th><th scope="col">Verb</th><th scope="col">Release</th><th scope="col">Ended</th><th scope="col" class="right">Took</th><th scope="col">Who</th><th scope="col">Why</th></tr></thead><tbody>${answer.map(
                (entry) => historyRow(environment, entry, working),
              )}</tbody></table></div>`
        }`
  }</section>`;
};
