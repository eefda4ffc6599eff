import type { DiffAnswer } from "@hawser/core";
import type { FileChange } from "@hawser/core/plugin";
import type { RunFacts } from "../facts.ts";
import { type Html, html, link } from "../html.ts";
import { changeMark, changeMarks } from "../look/change-marks.ts";
import { mark } from "../look/marks.ts";
import type { RunPicture } from "../picture/run-picture.ts";
import { bytesText, count, shortRevision } from "../text/units.ts";
import { moment } from "./moment.ts";

/** How many files are named; the rest is counted. */
const namedFiles = 200;

const summary = (files: readonly FileChange[]): string =>
  Object.entries(changeMarks)
    .flatMap(([change, { word }]) => {
      const number = files.filter((file) => file.change === change).length;
      return number === 0 ? [] : [`${number} ${word}`];
    })
    .join(", ");

const fileTable = (files: readonly FileChange[]): Html =>
  html`<table class="files"><thead><tr><th scope="col">Change</th><th scope="col">File</th><th scope="col" class="right">Size</th></tr></thead><tbody>${files
    .slice(0, namedFiles)
    .map(
      (file) =>
        html`<tr><td>${mark(changeMark(file.change))}</td><td class="path"><code>${file.path}</code></td><td class="right num">${file.change === "removed" ? "–" : bytesText(file.sizeBytes)}</td></tr>
`,
    )}</tbody></table>${files.length > namedFiles && html`<p class="soft">and ${files.length - namedFiles} more; <code>hawser diff</code> names them all.</p>`}`;

const commits = ({ changes, unknown }: DiffAnswer): Html => {
  if (unknown !== undefined)
    return html`<p class="soft">The commits between them are not known: ${unknown}</p>`;
  if (changes.length === 0) return html`<p class="soft">No commit lies between them.</p>`;
  return html`<ul class="plain">${changes.map(
    ({ id, message, author, time }) =>
      html`<li><code>${shortRevision(id).slice(0, 12)}</code> ${message} <span class="soft small">${author}${
        time !== undefined && html` ${moment(time * 1000)}`
      }</span></li>`,
  )}</ul>`;
};

const side = ({ release, label, revision, author, url, created }: DiffAnswer["from"]): Html =>
  html`<tr><th scope="row" class="num">${release}</th><td>${label ?? "–"}</td><td><code>${shortRevision(revision)}</code></td><td>${author ?? "–"}</td><td>${moment(created)}</td><td class="path">${url === undefined ? "–" : link(url)}</td></tr>`;

const sides = ({ from, to }: DiffAnswer): Html =>
  html`<div class="scroll" tabindex="0" role="group" aria-label="The two releases"><table><thead><tr><th scope="col">Release</th><th scope="col">Label</th><th scope="col">Revision</th><th scope="col">Author</th><th scope="col">Made</th><th scope="col">From</th></tr></thead><tbody>${from.release !== to.release && side(from)}${side(to)}</tbody></table></div>`;

/** Files, revisions and commits between the release before and the one that this run was about. */
export const changes = (picture: RunPicture, { diff }: RunFacts): Html | undefined => {
  if (diff === undefined) return undefined;
  const first = diff.from.release === diff.to.release;
  const { files } = diff;
  const title = first ? (picture.from === null ? "The first release" : "The same release") : "What changed";
  return html`<section class="card" aria-labelledby="changes"><h2 id="changes">${title}</h2>
${sides(diff)}
${!first && html`<h3>Commits</h3>${commits(diff)}`}
${
  !first &&
  html`<h3>${count(files.length, "file")} ${files.length === 1 ? "differs" : "differ"}</h3>${
    files.length > 0 &&
    html`<p class="soft">${summary(files)}</p><details${files.length <= 20 && html` open`}><summary>The files</summary>${fileTable(files)}</details>`
  }`
}</section>`;
};
