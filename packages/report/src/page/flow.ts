import { type Html, html } from "../html.ts";
import { type Mark, mark, phaseMark } from "../look/marks.ts";
import type { FlowLine } from "../picture/flow.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { count, durationText } from "../text/units.ts";
import { bars, ruler } from "./bars.ts";

const markOf = ({ name, phase, cut }: FlowLine): Mark => {
  if (cut) return { tone: "warn", sign: "‖", word: "cut off" };
  // It went as it should, and it is no success of the run.
  return name === "put back" && phase === "done" ? { ...phaseMark(phase), tone: "back" } : phaseMark(phase);
};

const nameOf = ({ kind, name, instances = [] }: FlowLine): Html =>
  kind === "wave"
    ? html`<b>${name}</b> <span class="soft">${count(instances.length, "instance")}</span>`
    : html`${name}`;

const line = (each: FlowLine, picture: RunPicture): Html => {
  const { from, to, detail } = each;
  const shown = markOf(each);
  return html`<tr><th scope="row">${nameOf(each)}${
    detail !== undefined && html`<span class="detail soft small">${detail}</span>`
  }</th><td>${mark(shown)}</td><td class="right num">${durationText(from - picture.began)}</td><td class="right num">${durationText(to - from)}</td><td class="bars">${bars(picture.axis, [{ from, to, tone: shown.tone }])}</td></tr>
`;
};

/** The steps and waves of a run on its axis of time. */
export const flow = (picture: RunPicture): Html | undefined => {
  if (picture.flow.length === 0) return undefined;
  return html`<section class="card" aria-labelledby="flow"><h2 id="flow">Steps and waves</h2>
<table class="timed flow"><thead><tr><th scope="col">What</th><th scope="col">Result</th><th scope="col" class="right">Began after</th><th scope="col" class="right">Took</th><th scope="col" class="bars"><span class="only-heard">When</span>${ruler(picture.axis, durationText)}</th></tr></thead>
<tbody>${picture.flow.map((each) => line(each, picture))}</tbody></table></section>`;
};
