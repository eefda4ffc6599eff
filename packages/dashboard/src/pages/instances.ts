import type { RunResult } from "@hawser/core/plugin";
import { type Html, healthMark, html, mark, memberMark, stateMark, type Tone } from "@hawser/report";
import { bytesText } from "@hawser/report/text";
import { pathOf } from "../route.ts";
import type { Member } from "../sight/members.ts";
import type { Told } from "../sight/question.ts";
import { fleetStrip, sectionHead, staleness } from "./parts.ts";
import { moment, personText } from "./words.ts";

const toneWords: readonly (readonly [Tone, string])[] = [
  ["good", "in service"],
  ["busy", "being worked on"],
  ["warn", "out or switching"],
  ["bad", "failed or silent"],
  ["back", "put back"],
  ["idle", "waiting or not known"],
];

const source = (environment: string, { run, time }: Member): Html | string => {
  if (time === undefined) return "nobody has said";
  const by =
    run === undefined || run === ""
      ? html`asked`
      : html`<a href="${pathOf({ page: "run", environment, run })}">run ${run}</a>`;
  return html`${by}, ${moment(time)}`;
};

const remark = ({ drain, detail }: Member): Html | string | undefined =>
  drain === undefined ? detail : html`Drained by ${personText(drain)}, ${moment(drain.since)}: ${drain.why}`;

const row = (environment: string, member: Member): Html => {
  const { id, roles, state, release, loadBalancer, healthy, bytes } = member;
  const shown = stateMark(state);
  return html`<tr data-tone="${shown.tone}"><th scope="row">${id}</th><td>${roles.join(", ")}</td><td>${mark(shown)}</td>
<td class="num">${release === undefined ? "?" : (release ?? "none")}</td>
<td>${loadBalancer !== undefined && mark(memberMark(loadBalancer))}</td><td>${healthy !== undefined && mark(healthMark(healthy))}</td>
<td class="num right">${bytes !== undefined && bytesText(bytes)}</td><td class="small soft">${source(environment, member)}</td><td class="text small">${remark(member)}</td></tr>`;
};

const lookState = (look: Told<RunResult>): Html | false => {
  if (look.asking) return html`<p class="small soft">Every instance is being asked.</p>`;
  const stale = staleness(look);
  if (stale !== false) return stale;
  return (
    look.at !== undefined && html`<p class="small soft">Every instance was asked ${moment(look.at)}.</p>`
  );
};

const lookButton = (environment: string, { asking }: Told<RunResult>): Html =>
  html`<form method="get" action="${pathOf({ page: "environment", environment, look: false })}"><button name="look" value="now"${asking && html` disabled`}>Ask every instance now</button></form>`;

/** Shown by the script alone: without it nothing would happen. */
const chooser = html`<div class="controls scripted" hidden><p><label for="find">Find</label><input id="find" type="search" autocomplete="off" spellcheck="false"></p>
<p><label for="tone">State</label><select id="tone"><option value="">every</option>${toneWords.map(
  ([tone, words]) => html`<option value="${tone}">${words}</option>`,
)}</select></p><p id="found" class="small soft" role="status"></p></div>`;

const headings = [
  "Instance",
  "Roles",
  "State",
  "Release",
  "Load balancer",
  "Health",
  "Bytes",
  "Known from",
  "Remark",
];

const table = (environment: string, members: readonly Member[]): Html =>
  members.length === 0
    ? html`<p class="soft">No run has said yet who the instances are.</p>`
    : html`${fleetStrip(members)}<div class="scroll" tabindex="0" role="region" aria-label="Instances"><table class="wide" id="instances"><thead><tr>${headings.map(
        (heading) => html`<th scope="col"${heading === "Bytes" && html` class="right"`}>${heading}</th>`,
      )}</tr></thead><tbody>${members.map((member) => row(environment, member))}</tbody></table></div>`;

/** Who the instances are and where each stands; `look` is absent where nobody may ask them. */
export const instancesPart = (
  environment: string,
  members: readonly Member[],
  look: Told<RunResult> | undefined,
): Html =>
  html`<section class="card"><div id="looked">${sectionHead(
    "Instances",
    look !== undefined && lookButton(environment, look),
  )}${look !== undefined && lookState(look)}</div>${chooser}<div id="fleet">${table(environment, members)}</div></section>`;
