import type { DiffAnswer, DiffSide } from "@hawser/core";
import { changeMark, type Html, html, link, mark } from "@hawser/report";
import { bytesText, count, shortRevision } from "@hawser/report/text";
import type { Told } from "../sight/question.ts";
import { sectionHead, staleness } from "./parts.ts";
import { fact, moment } from "./words.ts";

/** More would be of no use to who reads. */
const mostFiles = 500;
const mostCommits = 200;

const sidePart = (
  title: string,
  { release, revision, label, author, url, created, artifact }: DiffSide,
): Html =>
  html`<section class="card">${sectionHead(title)}<dl class="facts">${[
    fact("Release", html`<strong class="num">${release}</strong> ${label}`),
    fact("Revision", html`<code>${shortRevision(revision)}</code>`),
    fact("Author", author),
    fact("Source", url !== undefined && link(url)),
    fact("Made", moment(created)),
    fact("Artifact", html`<code>${shortRevision(artifact)}</code>`),
  ]}</dl></section>`;

const commitsPart = ({ changes, unknown }: DiffAnswer): Html =>
  html`<section class="card">${sectionHead("Commits")}${
    unknown !== undefined
      ? html`<p class="soft">They are not known: ${unknown}</p>`
      : changes.length === 0
        ? html`<p class="soft">None.</p>`
        : html`<ul class="plain">${changes
            .slice(0, mostCommits)
            .map(
              ({ id, message, author }) =>
                html`<li><code>${id.slice(0, 12)}</code> ${message} ${author !== undefined && html`<span class="soft">${author}</span>`}</li>`,
            )}</ul>`
  }${changes.length > mostCommits && html`<p class="soft">and ${changes.length - mostCommits} more</p>`}</section>`;

const filesPart = ({ files }: DiffAnswer): Html =>
  html`<section class="card">${sectionHead(count(files.length, "file"))}${
    files.length > 0 &&
    html`<div class="scroll" tabindex="0" role="region" aria-label="Files"><table><thead><tr><th scope="col">Change</th><th scope="col">File</th><th scope="col" class="right">Size</th></tr></thead><tbody>${files
      .slice(0, mostFiles)
      .map(
        ({ path, change, sizeBytes }) =>
          html`<tr><td>${mark(changeMark(change))}</td><td class="mono">${path}</td><td class="num right">${bytesText(sizeBytes)}</td></tr>`,
      )}</tbody></table></div>`
  }${files.length > mostFiles && html`<p class="soft">and ${files.length - mostFiles} more</p>`}</section>`;

/** What differs between two releases. */
export const diffPage = (from: string, to: string, told: Told<DiffAnswer>): Html => {
  const { answer } = told;
  return html`<h1 class="title">From release ${from} to ${to}</h1>
<div id="diff">${staleness(told)}${
    answer === undefined
      ? told.failure === undefined && html`<p class="soft">Storage is being asked.</p>`
      : html`<div class="cards">${sidePart("From", answer.from)}${sidePart("To", answer.to)}</div>${commitsPart(answer)}${filesPart(answer)}`
  }</div>`;
};
