import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  healthMark,
  html,
  mark,
  memberMark,
  outcomeMark,
  page,
  phaseMark,
  stateMark,
  styleSheet,
} from "@hawser/report";
import { afterAll, describe, expect, it } from "vitest";
import { axeProblems, browserOfFile, isTooWide } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-look-"));
afterAll(() => rmSync(folder, { recursive: true }));

const marks = [
  ...(
    [
      "unknown",
      "surveyed",
      "staging",
      "staged",
      "installing",
      "ready",
      "draining",
      "switching",
      "checking",
    ] as const
  ).map(stateMark),
  ...(
    [
      "joining",
      "active",
      "drained",
      "maintenance",
      "putBack",
      "failed",
      "unreachable",
      "gone",
      "starting",
    ] as const
  ).map(stateMark),
  ...(
    ["done", "unchanged", "untouched", "putBack", "split", "incomplete", "interrupted", "open"] as const
  ).map((outcome) => outcomeMark(outcome)),
  ...(["started", "done", "failed", "skipped"] as const).map(phaseMark),
  ...(["in", "draining", "out", "absent"] as const).map(memberMark),
  ...(["yes", "no", "unknown"] as const).map(healthMark),
];

const sample = page({
  title: "the look",
  style: styleSheet,
  script: "document.body.dataset.ran='yes'",
  body: html`<main><h1>Marks</h1><div class="card"><ul class="plain">${marks.map(
    (each) => html`<li>${mark(each)} <span class="badge ${each.tone} mark">${each.word}</span></li>`,
  )}</ul></div><p class="soft">Soft words and <a href="#x">a link</a></p></main>`,
});

describe("the look of pages", () => {
  const browser = browserOfFile();
  const file = join(folder, "look.html");
  writeFileSync(file, sample.html);
  const url = pathToFileURL(file).href;

  it.each([
    { scheme: "light", width: 1280 },
    { scheme: "dark", width: 1280 },
    { scheme: "light", width: 390 },
    { scheme: "dark", width: 390 },
  ] as const)("has nothing that axe complains of, and fits ($scheme, $width pixels)", async (sight) => {
    const { page: shown, complaints, requests } = await browser().open(url, sight);
    expect(await axeProblems(shown)).toEqual([]);
    expect(await isTooWide(shown)).toBe(false);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it("runs its own script under its policy, and no other", async () => {
    const { page: shown } = await browser().open(url);
    expect(await shown.evaluate("document.body.dataset.ran")).toBe("yes");
    writeFileSync(join(folder, "other.html"), sample.html.replace("dataset.ran='yes'", "dataset.ran='no!'"));
    const other = await browser().open(pathToFileURL(join(folder, "other.html")).href);
    expect(await other.page.evaluate("document.body.dataset.ran")).toBeUndefined();
    expect(other.complaints.join()).toContain("Content Security Policy");
  });
});
