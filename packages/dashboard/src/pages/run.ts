import type { HistoryEntry } from "@hawser/core";
import type { RunEvent } from "@hawser/core/plugin";
import { type Html, html, mark, outcomeMark } from "@hawser/report";
import { courseOf } from "../sight/course.ts";
import { membersOf } from "../sight/members.ts";
import type { Told } from "../sight/question.ts";
import { fleetStrip, sectionHead, staleness } from "./parts.ts";

/** One run, live while it goes on. */
export const runPage = (
  environment: string,
  run: string,
  entry: HistoryEntry | undefined,
  told: Told<readonly RunEvent[]>,
): Html => {
  const events = told.answer ?? [];
  const course = courseOf(events);
  const outcome = course.result?.outcome ?? (entry?.outcome === "noted" ? undefined : entry?.outcome);
  const members = membersOf(
    { application: "", environment, drains: [], instances: null, runs: [], next: [], warnings: [] },
    [{ run, events }],
    undefined,
  );
  return html`<div class="title" id="standing" data-part><h1>Run ${run}</h1>${outcome !== undefined && mark(outcomeMark(outcome))}</div>
<section class="card" id="run" data-part>${staleness(told)}${sectionHead("Instances")}${fleetStrip(members)}</section>`;
};
