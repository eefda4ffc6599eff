import type { RunFacts } from "../facts.ts";
import { type Html, html } from "../html.ts";
import { type Page, page } from "../look/document.ts";
import { outcomeMark } from "../look/marks.ts";
import { styleSheet } from "../look/style-sheet.ts";
import { pictureOf, type RunPicture } from "../picture/run-picture.ts";
import { groundStyle } from "./bars.ts";
import { changes } from "./changes.ts";
import { failure, standings } from "./failure.ts";
import { filterScript } from "./filter-script.ts";
import { flow } from "./flow.ts";
import { head } from "./head.ts";
import { instances } from "./instances.ts";
import { moment } from "./moment.ts";
import { notes, outputs } from "./notes.ts";
import { reportStyle } from "./report-style.ts";
import { tiles } from "./tiles.ts";

const titleOf = ({ application, environment, verb, run, outcome }: RunPicture): string =>
  `${outcomeMark(outcome).word}: ${verb} ${run ?? ""} of ${application}${environment === "" ? "" : ` in ${environment}`}`;

const nothingKept = ({ events, unknown = [] }: RunFacts): Html | false =>
  events.length === 0 &&
  unknown.length === 0 &&
  html`<section class="card warn"><h2>No events of this run are kept</h2><p>It was made by a Hawser that kept none, or they could not be written. What is known of it is shown here.</p></section>`;

const unknowns = ({ unknown = [] }: RunFacts): Html | false =>
  unknown.length > 0 &&
  html`<section class="card warn"><h2>What could not be looked at</h2><ul class="plain">${unknown.map((why) => html`<li>${why}</li>`)}</ul></section>`;

/** The picture of one run, for a page that has a frame of its own. */
export interface ReportParts {
  readonly title: string;
  /** What stands in `main`. */
  readonly body: Html;
  /** What this run alone needs, behind `styleSheet` and `reportStyle`. */
  readonly style: string;
}

export const reportParts = (facts: RunFacts): ReportParts => {
  const picture = pictureOf(facts);
  const body = html`${head(picture, facts)}
${failure(picture)}
${tiles(picture, facts)}
${nothingKept(facts)}
${standings(picture)}
${flow(picture)}
${instances(picture)}
${outputs(facts, picture)}
${changes(picture, facts)}
${notes(picture)}
${unknowns(facts)}
<footer>Made ${moment(facts.gathered)} from what is kept in storage${picture.version !== undefined && html`, of a run of Hawser ${picture.version}`}.</footer>`;
  return { title: titleOf(picture), body, style: groundStyle(picture.axis, picture.flow) };
};

/** The picture of one run as a page that needs nothing else. The same facts give the same page. */
export const reportPage = (facts: RunFacts): Page => {
  const { title, body, style } = reportParts(facts);
  return page({
    title,
    body: html`<main>
${body}
</main>`,
    style: styleSheet + reportStyle + style,
    script: filterScript,
  });
};
