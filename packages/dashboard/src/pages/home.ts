import type { Overview } from "@hawser/core";
import { type Html, html } from "@hawser/report";
import { shortRevision } from "@hawser/report/text";
import { pathOf } from "../route.ts";
import type { Course } from "../sight/course.ts";
import type { EnvironmentSight } from "../sight/environment-sight.ts";
import type { Member } from "../sight/members.ts";
import type { Told } from "../sight/question.ts";
import { standingOf } from "../sight/standing.ts";
import { badges, fleetStrip, staleness } from "./parts.ts";
import { fact, moment, nameOf, personText } from "./words.ts";

/** What a card shows of an environment. */
export interface CardFacts {
  readonly sight: EnvironmentSight;
  readonly told: Told<Overview>;
  readonly members: readonly Member[];
  /** Of the run that has no end yet. */
  readonly course: Course | undefined;
}

const releaseFacts = ({ desired, open }: Overview): Html =>
  html`<dl class="facts">${[
    desired && fact("Release", html`<span class="num">${desired.release}</span> ${desired.label}`),
    desired &&
      fact(
        "Revision",
        desired.revision !== undefined && html`<code>${shortRevision(desired.revision)}</code>`,
      ),
    desired && fact("Since", moment(desired.since)),
    desired && fact("By", desired.who !== undefined && html`${desired.who}, ${desired.verb}`),
    open !== undefined && fact("Run", html`${open.run} by ${open.who}, begun ${moment(open.started)}`),
  ]}</dl>`;

const fleet = ({ members, course }: CardFacts): Html => {
  const wave = course?.waves.at(-1);
  const steps = course?.steps.join(", ") ?? "";
  const at = [
    ...(wave === undefined ? [] : [`Wave ${wave.wave} of ${wave.of}.`]),
    ...(steps === "" ? [] : [`At ${steps}.`]),
  ];
  return html`${members.length > 0 && fleetStrip(members)}${at.length > 0 && html`<p class="small soft">${at.join(" ")}</p>`}`;
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
</section>`;
};

/** Every environment at a glance. */
export const homePage = (cards: readonly CardFacts[]): Html => html`<h1 class="title">Environments</h1>
<div class="cards">${cards.map(card)}</div>`;
