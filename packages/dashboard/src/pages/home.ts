import type { Overview } from "@hawser/core";
import { type Html, html, mark } from "@hawser/report";
import { shortRevision } from "@hawser/report/text";
import { pathOf } from "../route.ts";
import type { Course } from "../sight/course.ts";
import type { EnvironmentSight } from "../sight/environment-sight.ts";
import type { Member } from "../sight/members.ts";
import type { Told } from "../sight/question.ts";
import { standingOf } from "../sight/standing.ts";
import { badges, fleetStrip, runMark, staleness, whereText } from "./parts.ts";
import { fact, moment, nameOf, personText } from "./words.ts";

const newestRuns = 3;

/** What a card shows of an environment. */
export interface CardFacts {
  readonly sight: EnvironmentSight;
  readonly told: Told<Overview>;
  readonly members: readonly Member[];
  /** Of the run that has no end yet. */
  readonly course: Course | undefined;
}

const releaseFacts = ({ desired }: Overview): Html | false => {
  if (desired === null || desired === undefined) return false;
  const { release, label, revision, since, who, verb } = desired;
  return html`<dl class="facts">${[
    fact("Release", html`<strong class="num">${release}</strong> ${label}`),
    fact("Revision", revision !== undefined && html`<code>${shortRevision(revision)}</code>`),
    fact("Since", html`${moment(since)}${who !== undefined && `, ${verb} by ${who}`}`),
  ]}</dl>`;
};

/** The newest runs of an environment in a line each. */
const lately = (environment: string, { runs, open }: Overview): Html | false =>
  runs.length > 0 &&
  html`<ul class="lately" aria-label="Newest runs">${runs
    .slice(0, newestRuns)
    .map(
      ({ run, verb, outcome, started }) =>
        run !== null &&
        html`<li>${mark(runMark(outcome, open?.run === run && open.underWay))} <a href="${pathOf({ page: "run", environment, run })}">${verb} ${run}</a> <span class="soft">${moment(started)}</span></li>`,
    )}</ul>`;

const fleet = ({ members, course }: CardFacts): Html => {
  const at = course === undefined ? "" : whereText(course);
  return html`${members.length > 0 && fleetStrip(members)}${at !== "" && html`<p class="small soft">${at}</p>`}`;
};

const card = (facts: CardFacts): Html => {
  const { sight, told } = facts;
  const { environment } = sight;
  const marks = standingOf(told, sight.beat);
  const { answer } = told;
  return html`<section class="card ${marks[0]?.tone}" id="env-${environment}">
<div class="over"><h2><a href="${pathOf({ page: "environment", environment, look: false })}">${nameOf(environment)}</a></h2></div>
${badges(marks)}
${staleness(told)}
${answer !== undefined && releaseFacts(answer)}
${fleet(facts)}
${answer?.hold !== undefined && html`<p class="small">Held by ${personText(answer.hold)}: ${answer.hold.why}</p>`}
${answer?.maintenance !== undefined && html`<p class="small">In maintenance by ${personText(answer.maintenance)}: ${answer.maintenance.why}</p>`}
${answer !== undefined && lately(environment, answer)}
</section>`;
};

/** Every environment at a glance. */
export const homePage = (cards: readonly CardFacts[]): Html => html`<h1 class="title">Environments</h1>
<div class="cards">${cards.map(card)}</div>`;
