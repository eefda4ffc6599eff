import type { RunFacts } from "../facts.ts";
import { type Html, html, link, type Part } from "../html.ts";
import { outcomeMark } from "../look/marks.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { durationText, shortRevision } from "../text/units.ts";
import { moment } from "./moment.ts";

const fact = (name: string, value: Part): Html | undefined =>
  value === undefined || value === "" ? undefined : html`<dt>${name}</dt><dd>${value}</dd>`;

const revisionOf = ({ revision, release }: RunPicture, { diff }: RunFacts): Html | undefined => {
  if (revision === null) return undefined;
  const side = diff?.to.release === release ? diff.to : undefined;
  return html`${side?.label !== undefined && html`<b>${side.label}</b> `}<code>${shortRevision(revision)}</code>${
    side?.author !== undefined && html` by ${side.author}`
  }${side?.url !== undefined && html` <span class="soft">from</span> ${link(side.url)}`}`;
};

const releaseOf = ({ from, release, origin }: RunPicture): Html | undefined =>
  release === null && from === null
    ? undefined
    : html`<b class="num">${from ?? "none"} <span aria-hidden="true">→</span><span class="only-heard"> to </span> ${
        release ?? "none"
      }</b>${origin !== undefined && html` <span class="soft">promoted from ${origin}</span>`}`;

/** What was done to what, by whom, and how it went, in big words. */
export const head = (picture: RunPicture, facts: RunFacts): Html => {
  const { application, environment, run, verb, outcome, deployers } = picture;
  const { tone, sign, word, said } = outcomeMark(outcome);
  const place = environment === "" ? application : `${application} · ${environment}`;
  return html`<header class="card head ${tone}">
<div><p class="soft">${place}</p>
<h1>${verb} ${run !== null && html`<span class="num">${run}</span>`}</h1>
<p class="outcome mark ${tone}" data-i="${sign}">${word}</p>
${said !== "" && html`<p class="soft">${said}</p>`}</div>
<dl class="facts">${[
    fact("Release", releaseOf(picture)),
    fact("Revision", revisionOf(picture, facts)),
    fact(
      "When",
      html`${moment(picture.began)} <span class="soft">for</span> ${durationText(picture.durationMs)}${
        deployers > 1 && html` <span class="soft">by ${deployers} deployers, one after the other</span>`
      }`,
    ),
    fact("Who", picture.who),
    fact("Why", picture.message),
  ]}</dl>
</header>`;
};
