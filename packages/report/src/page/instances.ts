import { type Html, html, type Part } from "../html.ts";
import { healthMark, mark, memberMark, stateMark } from "../look/marks.ts";
import type { InstanceTrack } from "../picture/instance-track.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { harmlessLine } from "../text/harmless.ts";
import { bytesText, count, durationText } from "../text/units.ts";
import { bars, ruler } from "./bars.ts";
import { carriedOf } from "./carried.ts";

/** How archives came: said of each only where they came in more than one way. */
const viaWords: Readonly<Record<"pull" | "stream", string>> = { pull: "pulled", stream: "streamed" };

/** What was over sooner says nothing, unless something is said of it. */
const noteworthyMs = 50;

/** What an instance did, a line for each state: what the bar says to the eye. */
const story = ({ segments, error, drift }: InstanceTrack, began: number): string =>
  [
    ...segments
      .filter(
        ({ from, to, state, detail }, index) =>
          to - from >= noteworthyMs ||
          detail !== undefined ||
          state === "failed" ||
          index === segments.length - 1,
      )
      .map(
        ({ state, from, to, detail }) =>
          `${durationText(from - began)}: ${stateMark(state).word} for ${durationText(to - from)}${detail === undefined ? "" : ` (${detail})`}`,
      ),
    ...(drift === undefined || drift === 0 ? [] : [`${count(drift, "path")} not as installed`]),
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
  ].join("\n");

const anchorOf = (id: string): string => `instance-${harmlessLine(id)}`;

const marksOf = ({ loadBalancer, healthy }: InstanceTrack): Part => [
  loadBalancer !== undefined && mark(memberMark(loadBalancer)),
  healthy !== undefined && html` ${mark(healthMark(healthy))}`,
];

const stateOf = (track: InstanceTrack): Html => {
  const own = mark(stateMark(track.state));
  return track.failed && track.state !== "failed" && track.state !== "unreachable"
    ? html`${own} ${mark({ tone: "bad", sign: "✗", word: "after it failed" })}`
    : own;
};

const row = (track: InstanceTrack, { axis, began }: RunPicture, mixed: boolean): Html => {
  const { id, release, segments, bytes, via, outMs, state } = track;
  return html`<tr id="${anchorOf(id)}" data-s="${state}"><th scope="row"><a href="#${encodeURIComponent(anchorOf(id))}">${id}</a></th><td>${stateOf(track)}</td><td class="num">${release ?? "–"}</td><td>${marksOf(track)}</td><td class="right num">${bytes === undefined ? "–" : bytesText(bytes)}${mixed && via !== undefined && html` <span class="soft small">${viaWords[via] ?? ""}</span>`}</td><td class="right num">${outMs === undefined ? "–" : durationText(outMs)}</td><td class="bars">${bars(
    axis,
    segments.map(({ state: each, from, to }) => ({ from, to, tone: stateMark(each).tone })),
  )}<p class="story">${story(track, began)}</p></td></tr>
`;
};

/** How many are in each state, the most first. */
const summary = (tracks: readonly InstanceTrack[]): string => {
  const counts = new Map<string, number>();
  for (const { state } of tracks) {
    const { word } = stateMark(state);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([word, number]) => `${number} ${word}`)
    .join(", ");
};

const group = (
  role: string,
  tracks: readonly InstanceTrack[],
  picture: RunPicture,
  mixed: boolean,
): Html => html`<tbody><tr class="role"><th scope="rowgroup" colspan="7">${role === "" ? "no role" : role} <span class="soft">${count(tracks.length, "instance")}: ${summary(tracks)}</span></th></tr>
${tracks.map((track) => row(track, picture, mixed))}</tbody>`;

const byRole = (
  tracks: readonly InstanceTrack[],
): readonly (readonly [string, readonly InstanceTrack[]])[] => {
  const groups = new Map<string, InstanceTrack[]>();
  for (const track of tracks) {
    const role = track.roles.join(", ");
    const group = groups.get(role);
    if (group === undefined) groups.set(role, [track]);
    else group.push(track);
  }
  return [...groups];
};

/** Filled and shown by the page's script: without one every row is there. */
const controls = html`<p class="controls" hidden><label>Name <input type="search" id="by-name" autocomplete="off" spellcheck="false"></label> <label>State <select id="by-state"><option value="">every state</option></select></label> <span id="shown" role="status" class="soft"></span></p>`;

/** Who is drawn in which way. */
const legend = html`<p class="legend soft small">Each bar is one instance from left to right in time: <span class="key"><svg class="bar" aria-hidden="true"><rect class="i" width="100%"/></svg> waits, serves as before</span> <span class="key"><svg class="bar" aria-hidden="true"><rect class="u" width="100%"/></svg> receives, installs</span> <span class="key"><svg class="bar" aria-hidden="true"><rect class="w" width="100%"/></svg> drains, switches, is checked, joins</span> <span class="key"><svg class="bar" aria-hidden="true"><rect class="g" width="100%"/></svg> active</span> <span class="key"><svg class="bar" aria-hidden="true"><rect class="b" width="100%"/></svg> failed</span> <span class="key"><svg class="bar" aria-hidden="true"><rect class="k" width="100%"/></svg> put back</span>. Thin lines: a wave began or ended.</p>`;

/** Every instance, by role, on the axis of time. */
export const instances = (picture: RunPicture): Html | undefined => {
  const { instances: tracks, axis } = picture;
  if (tracks.length === 0) return undefined;
  const { pulled, streamed } = carriedOf(picture);
  const mixed = pulled > 0 && streamed > 0;
  return html`<section class="card" aria-labelledby="instances"><h2 id="instances">Instances</h2>
<a class="skip" href="#after-instances">Skip the instances</a>
${controls}
<table class="timed fleet"><thead><tr><th scope="col">Instance</th><th scope="col">State</th><th scope="col">Release</th><th scope="col">Load balancer, health</th><th scope="col" class="right">Bytes</th><th scope="col" class="right">Out for</th><th scope="col" class="bars"><span class="only-heard">What it did, and when</span>${ruler(axis, durationText)}</th></tr></thead>
${byRole(tracks).map(([role, all]) => group(role, all, picture, mixed))}</table>
${legend}<span id="after-instances"></span></section>`;
};
