import type { HistoryEntry, Overview, ReleaseSummary } from "@hawser/core";
import type { ErrorReport, RunResult } from "@hawser/core/plugin";
import { type Html, html, link, type Mark, mark, outcomeMark, phaseMark } from "@hawser/report";
import { durationText, shortRevision } from "@hawser/report/text";
import { pathOf } from "../route.ts";
import type { BeatWatch } from "../sight/beat.ts";
import type { Course } from "../sight/course.ts";
import type { Member } from "../sight/members.ts";
import type { Told } from "../sight/question.ts";
import { standingOf } from "../sight/standing.ts";
import { instancesPart } from "./instances.ts";
import { historyPart, releasesPart } from "./lists.ts";
import { badges, commands, errorText, sectionHead, staleness } from "./parts.ts";
import { fact, moment, nameOf, personText } from "./words.ts";

export interface EnvironmentFacts {
  readonly environment: string;
  readonly told: Told<Overview>;
  readonly beat: BeatWatch;
  readonly members: readonly Member[];
  /** Of the run that has no end yet. */
  readonly course: Course | undefined;
  /** The last run, when it ended and failed. */
  readonly failed: RunResult | undefined;
  readonly releases: Told<readonly ReleaseSummary[]>;
  readonly history: Told<readonly HistoryEntry[]>;
  /** Absent where nobody may ask instances. */
  readonly look: Told<RunResult> | undefined;
}

const desiredPart = ({ desired }: Overview): Html => {
  if (desired === undefined) return html`<p>What is desired cannot be read.</p>`;
  if (desired === null) return html`<p class="soft">Nothing was put into service here yet.</p>`;
  const { release, label, revision, author, url, who, verb, message, since, previous, version, expires } =
    desired;
  return html`<dl class="facts">${[
    fact("Release", html`<strong class="num">${release}</strong> ${label}`),
    fact("Revision", revision !== undefined && html`<code>${shortRevision(revision)}</code>`),
    fact("Author", author),
    fact("Source", url !== undefined && link(url)),
    fact("Since", moment(since)),
    fact("By", who !== undefined && html`${who}, ${verb}`),
    fact("Why", message),
    fact("Before", previous ?? undefined),
    fact("Version", version),
    fact("Expires", expires !== undefined && moment(expires)),
  ]}</dl>`;
};

const waveMark = ({ wave, of, phase, instances }: Course["waves"][number]): Mark => {
  const { tone, sign, word } = phaseMark(phase);
  return { tone, sign, word: `wave ${wave} of ${of}: ${word}, ${instances.length}` };
};

/** Without its output, which stands in the run's own page. */
const briefly = ({ output: _, ...warning }: ErrorReport): ErrorReport => warning;

const coursePart = ({ waves, steps, waiting, warnings }: Course): Html =>
  html`${
    waves.length > 0 &&
    html`<ul class="waves" aria-label="Waves">${waves.map((wave) => html`<li class="badge ${waveMark(wave).tone}">${mark(waveMark(wave))}</li>`)}</ul>`
  }<dl class="facts">${[
    fact("At", steps.length > 0 && steps.join(", ")),
    fact(
      "Waits for",
      waiting !== undefined &&
        html`${waiting.what}, begun ${moment(waiting.since)}, given up ${moment(waiting.until)} at the latest`,
    ),
    ...warnings.slice(-5).map((warning) => fact("Warning", errorText(briefly(warning)))),
  ]}</dl>`;

const runPart = ({ environment, told, course, beat }: EnvironmentFacts): Html | false => {
  const { open, lock } = told.answer ?? {};
  if (open === undefined) return false;
  const { run, verb, who, from, to, started, message, underWay } = open;
  const lost = lock !== undefined && beat.isLost(lock);
  const tone = underWay && !lost ? "busy" : "warn";
  const title = html`<h2><a href="${pathOf({ page: "run", environment, run })}">Run ${run}</a> ${underWay ? "is under way" : "is open"}</h2>`;
  return html`<section class="card ${tone}" id="running">${title}
${!underWay && html`<p>Its deployer ended before it was done. It is to be resumed or abandoned.</p>`}
${lost && lock !== undefined && html`<p>Its deployer has not been heard of for ${durationText(beat.silentMs(lock))}. Who deploys now takes its lock over.</p>`}
<dl class="facts">${[
    fact("Verb", verb),
    fact("Release", html`${from ?? "none"} → ${to ?? course?.release ?? "not known yet"}`),
    fact("Begun", html`${moment(started)} by ${who}`),
    fact("Why", message),
    fact("Phase", lock?.run === run && lock.phase),
  ]}</dl>${course !== undefined && coursePart(course)}</section>`;
};

const failedPart = ({ environment, failed }: EnvironmentFacts): Html | false => {
  if (failed === undefined || failed.run === null || failed.error === undefined) return false;
  const { run, verb, outcome, error } = failed;
  const { tone, sign, word, said } = outcomeMark(outcome);
  return html`<section class="card ${tone}" id="failed"><h2><a href="${pathOf({ page: "run", environment, run })}">Run ${run}</a>: ${verb}</h2>
<p>${mark({ tone, sign, word })} ${said !== "" && html`<span class="soft">${said}</span>`}</p><div>${errorText(error)}</div></section>`;
};

const lockPart = ({ told: { answer } }: EnvironmentFacts): Html | false => {
  const lock = answer?.lock;
  if (lock === undefined || lock.run === answer?.open?.run) return false;
  const { verb, pid, since, id } = lock;
  return html`<p>The lock is held by ${personText(lock)} (pid ${pid}) for ${verb}, taken ${moment(since)}. Its id is <code>${id}</code>.</p>`;
};

const peoplePart = (facts: EnvironmentFacts): Html | false => {
  const { hold, maintenance, drains = [], warnings = [] } = facts.told.answer ?? {};
  const lock = lockPart(facts);
  const said = [
    hold !== undefined &&
      html`<p>${mark({ tone: "warn", sign: "‖", word: "Deploys are held" })} by ${personText(hold)}, ${moment(hold.since)}${
        hold.until !== undefined && html`, ends by itself ${moment(hold.until)}`
      }: ${hold.why}</p>`,
    maintenance !== undefined &&
      html`<p>${mark({ tone: "warn", sign: "▲", word: "In maintenance" })} by ${
        maintenance.run === undefined ? personText(maintenance) : `run ${maintenance.run}`
      }, ${moment(maintenance.since)}: ${maintenance.why}</p>`,
    ...drains.map(
      (drain) =>
        html`<p>${mark({ tone: "warn", sign: "○", word: `${drain.instance} is drained` })} by ${personText(drain)}, ${moment(drain.since)}: ${drain.why}</p>`,
    ),
    lock,
    ...warnings.map(
      (warning) =>
        html`<p>${mark({ tone: "warn", sign: "!", word: "Warning" })} ${errorText(briefly(warning))}</p>`,
    ),
  ].filter((each) => each !== false);
  return (
    said.length > 0 &&
    html`<section class="card warn" id="said">${sectionHead("To be known")}${said}</section>`
  );
};

/** Everything about one environment. */
export const environmentPage = (facts: EnvironmentFacts): Html => {
  const { environment, told, beat, members, releases, history, look } = facts;
  const { answer } = told;
  const marks = standingOf(told, beat);
  return html`<div class="title" id="standing"><h1>${nameOf(environment)}</h1>${badges(marks)}</div>
<div id="stale">${staleness(told)}</div>
<div class="pair" id="now">
${runPart(facts)}
${failedPart(facts)}
${peoplePart(facts)}
<section class="card" id="desired">${sectionHead("Desired")}${answer === undefined ? html`<p class="soft">Storage is being asked.</p>` : desiredPart(answer)}${answer !== undefined && commands(answer)}</section>
</div>
${instancesPart(environment, members, look)}
${releasesPart(environment, releases)}
${historyPart(environment, history, answer?.open?.underWay === true ? answer.open.run : undefined)}`;
};
