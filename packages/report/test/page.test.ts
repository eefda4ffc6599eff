import type { RunEvent } from "@hawser/core/plugin";
import { runEvents, runResult } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import type { RunFacts } from "../src/facts.ts";
import { reportPage } from "../src/page/report-page.ts";
import { hostileFacts, hostileText } from "./fixtures/hostile.ts";

const time = Date.UTC(2026, 0, 31, 12, 0, 0);
const facts = (events: readonly RunEvent[], more: Partial<RunFacts> = {}): RunFacts => ({
  application: "shop",
  environment: "production",
  events,
  gathered: time,
  ...more,
});

const side = (release: string, more: object = {}) => ({
  release,
  revision: "4f1c2a9".repeat(5),
  artifact: `sha256-${"0".repeat(64)}`,
  sizeBytes: 84_000_000,
  created: time,
  ...more,
});

/** What a reader sees, without the tags. */
const textOf = (html: string): string =>
  html
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

describe("the page of a run", () => {
  it("shows every event", () => {
    const text = textOf(reportPage(facts(runEvents)).html);
    for (const word of [
      "shop",
      "production",
      "deploy",
      "Done",
      "000003",
      "000004",
      "4f1c2a9",
      "install",
      "wave 1 of 2",
      "web1",
      "switching",
      "open requests to end",
      "a run is open",
      "HWS_RUN_OPEN",
    ])
      expect(text).toContain(word);
  });

  it("begins with what happened, where and what to do when it failed, and says how everything stood", () => {
    const error = {
      code: "HWS_COMMAND_FAILED",
      message: "activate command reload ended with exit code 1",
      hint: "its output is in `hawser logs`",
      instance: "web2",
      step: "activate",
      output: "loading\rloaded\nno such service\n",
    };
    const instances = [
      { id: "web1", release: "000003", state: "putBack", loadBalancer: "in" },
      { id: "web2", release: "000003", state: "putBack", loadBalancer: "out", error },
      { id: "web3", release: "000003", state: "putBack", error: { code: "HWS_X", message: "another thing" } },
    ] as const;
    const result = runResult({
      ok: false,
      exitCode: 1,
      outcome: "putBack",
      error,
      instances,
      desired: "000003",
      ran: ["migrate on web1"],
      next: ["hawser status"],
    });
    const text = textOf(reportPage(facts([...runEvents.slice(0, -1), result])).html);
    const places = [
      "Failed and put back",
      "What happened",
      error.message,
      "web2",
      "activate",
      "no such service",
      "Also on 1 instance",
      "another thing",
      "How everything stood",
      "hawser status",
      "Steps and waves",
      "migrate on web1",
    ].map((word) => text.indexOf(word));
    expect(places).not.toContain(-1);
    expect(places.slice(0, 3)).toEqual([...places.slice(0, 3)].sort((one, other) => one - other));
    expect(text.indexOf("What happened")).toBeLessThan(text.indexOf("Steps and waves"));
    // What a terminal would have overwritten is not there.
    expect(text).toContain("loaded");
    expect(text).not.toContain("loading");
  });

  it("names the first two hundred files and counts the rest", () => {
    const files = Array.from({ length: 950 }, (_, index) => ({
      path: `src/${index}.php`,
      change: "changed" as const,
      sizeBytes: 10,
    }));
    const diff = { from: side("000003"), to: side("000004"), files, changes: [] };
    const text = textOf(reportPage(facts(runEvents, { diff })).html);
    expect(text).toContain("950 files differ");
    expect(text).toContain("src/199.php");
    expect(text).not.toContain("src/200.php");
    expect(text).toContain("and 750 more");
  });

  it("says why commits are not known, and links to the web alone", () => {
    const to = side("000004", { url: "https://git.example/shop", label: "v2", author: "Ann" });
    const from = side("000003", { url: "git@git.example:shop.git" });
    const diff = { from, to, files: [], changes: [], unknown: "the server is away" };
    const { html } = reportPage(facts(runEvents, { diff }));
    expect(textOf(html)).toContain("the server is away");
    expect([...html.matchAll(/href="([^"#][^"]*)"/g)].map(([, href]) => href)).toEqual([
      "data:,",
      "https://git.example/shop",
      "https://git.example/shop",
    ]);
  });

  it("says that a first release is one, and how a run stands that has no end", () => {
    const first = side("000001");
    const started = {
      run: "000001",
      verb: "deploy",
      who: "ann",
      from: null,
      to: "000001",
      started: time,
      outcome: "open",
    } as const;
    const [start] = runEvents;
    const text = textOf(
      reportPage(
        facts([start as RunEvent], {
          history: started,
          diff: { from: first, to: first, files: [], changes: [] },
          underWay: true,
        }),
      ).html,
    );
    expect(text).toContain("Under way");
    expect(text).toContain("The first release");
  });

  it("says of a run without events that there are none, and what the history has", () => {
    const history = {
      run: "000002",
      verb: "rollback",
      who: "ann",
      from: "000002",
      to: "000001",
      message: "the cart is empty",
      started: time,
      durationMs: 9_000,
      outcome: "done",
    } as const;
    const text = textOf(reportPage(facts([], { history })).html);
    for (const word of [
      "No events of this run are kept",
      "rollback",
      "ann",
      "the cart is empty",
      "9.0 s",
      "Done",
    ])
      expect(text).toContain(word);
  });

  it("says what could not be looked at", () => {
    expect(textOf(reportPage(facts(runEvents, { unknown: ["what changed: no answer"] })).html)).toContain(
      "what changed: no answer",
    );
  });

  it("is the same for the same facts", () => {
    expect(reportPage(facts(runEvents))).toEqual(reportPage(facts(runEvents)));
  });

  it("lets no text from outside become more than text, wherever it comes from", () => {
    const { html } = reportPage(hostileFacts());
    // It came through, in words.
    expect(textOf(html)).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html.includes(hostileText)).toBe(false);
    const tags = html.match(/<[a-z](?:"[^"]*"|[^">])*>/gi) ?? [];
    const names = new Set(tags.map((tag) => tag.replaceAll(/"[^"]*"/g, '""')));
    expect([...names].filter((tag) => /^<(img|iframe|object|base|form)|\son|\ssrc/i.test(tag))).toEqual([]);
    expect(tags.filter((tag) => tag.startsWith("<script"))).toEqual(["<script>"]);
    expect(html.includes("\u202e")).toBe(false);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => href);
    expect(links.filter((href) => !/^(#|data:,$)/.test(href))).toEqual([]);
  });
});
