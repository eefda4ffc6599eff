import type { ErrorReport } from "@hawser/core/plugin";
import { type Html, html } from "../html.ts";
import { mark, memberMark } from "../look/marks.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { harmlessLines } from "../text/harmless.ts";
import { count } from "../text/units.ts";
import { sentence } from "./words.ts";

/** How many lines of an output stand on the page: the last ones say why. */
const keptLines = 200;

/** Output of a command as a terminal would show it, the last lines of it. */
export const output = (text: string): Html => {
  const lines = harmlessLines(text);
  const left = lines.length - keptLines;
  return html`${left > 0 && html`<p class="soft small">${count(left, "line")} before these are left out.</p>`}<pre tabindex="0">${lines
    .slice(-keptLines)
    .join("\n")}</pre>`;
};

/** Where something happened. */
export const placeOf = ({ instance, step }: Pick<ErrorReport, "instance" | "step">): Html | undefined =>
  instance === undefined && step === undefined
    ? undefined
    : html`${instance !== undefined && html`on <b>${instance}</b> `}${step !== undefined && html`in step <b>${step}</b>`}`;

const errorFacts = (error: ErrorReport): Html => html`<p class="what">${error.message}</p>
<dl class="facts">
${placeOf(error) !== undefined && html`<dt>Where</dt><dd>${placeOf(error)}</dd>`}
${error.hint !== undefined && html`<dt>What to do</dt><dd>${sentence(error.hint)}</dd>`}
<dt>Code</dt><dd><code>${error.code}</code></dd>
</dl>
${error.output !== undefined && error.output.trim() !== "" && html`<h3>The last of its output</h3>${output(error.output)}`}`;

/** So many more failures are told of beside the first. */
const shownFailures = 10;

/** What went wrong on others than the one that the run names. */
const furtherFailures = ({ instances, result }: RunPicture): Html | undefined => {
  const named = result?.error?.instance;
  const others = instances.filter(({ id, error }) => error !== undefined && id !== named);
  if (others.length === 0) return undefined;
  const left = others.length - shownFailures;
  return html`<h3>Also on ${count(others.length, "instance")}</h3><ul class="plain">${others
    .slice(0, shownFailures)
    .map(
      ({ id, error }) =>
        html`<li><b>${id}</b> ${error?.message} <code class="soft">${error?.code}</code></li>`,
    )}</ul>${left > 0 && html`<p class="soft">and ${left} more</p>`}`;
};

/** Instances by what they run and where they stand, the most first. */
const standing = ({ instances }: RunPicture): Html => {
  const groups = new Map<string, { words: Html; ids: string[] }>();
  for (const { id, release, loadBalancer, state } of instances) {
    const gone = state === "gone";
    const runs = gone
      ? html`gone from the inventory`
      : release === null || release === undefined
        ? html`release unknown or none`
        : html`on release <b class="num">${release}</b>`;
    const words = html`${runs}${!gone && loadBalancer !== undefined && html`, load balancer: ${mark(memberMark(loadBalancer))}`}`;
    const group = groups.get(words.toString());
    if (group === undefined) groups.set(words.toString(), { words, ids: [id] });
    else group.ids.push(id);
  }
  const sorted = [...groups.values()].sort((one, other) => other.ids.length - one.ids.length);
  return html`<ul class="plain">${sorted.map(
    ({ words, ids }) =>
      html`<li><b class="num">${count(ids.length, "instance")}</b> ${words}${
        sorted.length > 1 && ids.length <= 5 && html` <span class="soft">(${ids.join(", ")})</span>`
      }</li>`,
  )}</ul>`;
};

/** What failed first, then how everything stands now and what to do. */
export const failure = (picture: RunPicture): Html | undefined => {
  const { result, outcome } = picture;
  if (result?.error === undefined) return undefined;
  const tone = outcome === "done" || outcome === "unchanged" ? "warn" : "bad";
  return html`<section class="card ${tone}" aria-labelledby="failure"><h2 id="failure">What happened</h2>${errorFacts(result.error)}${furtherFailures(picture)}</section>`;
};

/** What state everything is in at the end of the run. */
export const standings = (picture: RunPicture): Html | undefined => {
  const { result, instances, outcome } = picture;
  if (instances.length === 0) return undefined;
  const title =
    outcome === "running" || outcome === "endless" ? "How far it is" : "How everything stood at the end";
  // Who reads this has the report already.
  const next = (result?.next ?? []).filter((command) => !command.startsWith("hawser report "));
  return html`<section class="card" aria-labelledby="standing"><h2 id="standing">${title}</h2>
${result?.desired !== undefined && result.desired !== null && html`<p>Desired: release <b class="num">${result.desired}</b></p>`}
${standing(picture)}
${result?.maintenance !== undefined && html`<p>The application is in maintenance: ${result.maintenance.why}</p>`}
${next.length > 0 && html`<h3>Next commands</h3><pre tabindex="0">${next.join("\n")}</pre>`}
</section>`;
};
