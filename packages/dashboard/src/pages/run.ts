import { filterScript, type Html, html, type RunFacts, reportParts } from "@hawser/report";
import { pathOf } from "../route.ts";
import type { Told } from "../sight/question.ts";
import { versioned } from "./assets.ts";
import { staleness } from "./parts.ts";

const scriptPath = versioned("/run.js", filterScript);

/** The picture of a run, live while it goes on. */
export const runPage = (environment: string, run: string, told: Told<RunFacts | null>): Html => {
  const { answer } = told;
  if (answer === undefined || answer === null)
    return html`<h1 class="title">Run ${run}</h1>${staleness(told)}${
      told.failure === undefined &&
      html`<p class="soft">${answer === null ? "Nothing is kept of a run of this id." : "Storage is being asked."}</p>`
    }`;
  const { body, style } = reportParts(answer);
  const ground = versioned(pathOf({ page: "ground", environment, run }), style);
  return html`<link rel="stylesheet" href="${ground}">${staleness(told)}${body}<script src="${scriptPath}" defer data-again></script>`;
};

/** The style sheet beside it. */
export const groundOf = ({ answer }: Told<RunFacts | null>): string =>
  answer === undefined || answer === null ? "" : reportParts(answer).style;
