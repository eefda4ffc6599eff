import type { HistoryEntry, Overview } from "@hawser/core";
import type { ErrorReport } from "@hawser/core/plugin";
import { type Html, html, type Mark, mark, outcomeMark, stateMark } from "@hawser/report";
import { harmlessLines } from "@hawser/report/text";
import type { Course } from "../sight/course.ts";
import type { Member } from "../sight/members.ts";
import type { Told } from "../sight/question.ts";
import { moment } from "./words.ts";

/** So many lines of an output stand here; a run's own page has more. */
const outputLines = 12;

/** Marks in a row, each on its ground. */
export const badges = (marks: readonly Mark[]): Html =>
  html`<ul class="badges">${marks.map((each) => html`<li class="badge ${each.tone}">${mark(each)}</li>`)}</ul>`;

/** What stands between backticks is a command or a name. */
const withCode = (text: string): Html =>
  html`${text.split("`").map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;

const sentence = (text: string): Html =>
  html`${withCode(`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`)}`;

/** An error as a person reads it: what happened and where, the last of the output that matters, what to do. */
export const errorText = ({ code, message, hint, instance, step, output = "" }: ErrorReport): Html => {
  const where = [instance, step].filter((each) => each !== undefined).join(", ");
  return html`<span>${sentence(where === "" ? message : `${message} (${where})`)}</span> ${
    output.trim() !== "" &&
    html`<pre tabindex="0">${harmlessLines(output).slice(-outputLines).join("\n")}</pre>`
  }${hint !== undefined && sentence(hint)} <code class="soft">${code}</code>`;
};

/** That what is shown is not new, and why. */
export const staleness = (told: Told<unknown>): Html | false => {
  const { failure, at } = told;
  if (failure === undefined) return false;
  const { output: _, ...error } = failure.error;
  return html`<p>${mark({ tone: "bad", sign: "∅", word: "No answer" })}, missed first ${moment(failure.since)}: ${errorText(
    error,
  )} ${at !== undefined && html`What is shown is as of ${moment(at)}.`}</p>`;
};

/** A heading with something at its other end. */
export const sectionHead = (title: string, aside?: Html | false): Html =>
  html`<div class="section"><h2>${title}</h2>${aside}</div>`;

/** Each instance as one cell, and how many are in which state: the words say what the cells show. */
export const fleetStrip = (members: readonly Member[]): Html => {
  const counts = new Map<string, { readonly mark: Mark; count: number }>();
  for (const { state } of members) {
    const found = counts.get(state);
    if (found === undefined) counts.set(state, { mark: stateMark(state), count: 1 });
    else found.count += 1;
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count);
  return html`<div class="strip" aria-hidden="true">${members.map(
    ({ id, state }) =>
      html`<span class="cell ${stateMark(state).tone}" title="${id}: ${stateMark(state).word}"></span>`,
  )}</div>
<ul class="counts">${sorted.map(
    ({ mark: { tone, sign, word }, count }) =>
      html`<li>${mark({ tone, sign, word: `${count} ${word}` })}</li>`,
  )}</ul>`;
};

/** How a run ended, or that somebody is at it. */
export const runMark = (outcome: HistoryEntry["outcome"], underWay: boolean): Mark =>
  outcome === "noted"
    ? { tone: "idle", sign: "·", word: "Noted" }
    : outcomeMark(outcome === "open" && underWay ? "running" : outcome);

/** How far a run is, in a sentence or two; empty while that is not known. */
export const whereText = ({ waves, steps }: Course): string => {
  const wave = waves.at(-1);
  return [
    ...(wave === undefined ? [] : [`Wave ${wave.wave} of ${wave.of}.`]),
    ...(steps.length === 0 ? [] : [`At ${steps.join(", ")}.`]),
  ].join(" ");
};

/** Commands for a terminal: the page itself changes nothing. */
export const commands = ({ next }: Pick<Overview, "next">): Html | false =>
  next.length > 0 &&
  html`<div class="commands"><p class="small soft">To be given where Hawser deploys from:</p><pre>${next.join("\n")}</pre></div>`;
