import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventTypes } from "../../packages/core/src/contracts/event-types.ts";
import { documentedEvents, eventsPage, unexplained } from "./events-page.ts";

const page = join(import.meta.dirname, "../../docs/reference/events.md");

describe("the page of events", () => {
  it("says what the types say", async () => {
    await expect(eventsPage()).toMatchFileSnapshot(page);
  });

  it("has every type of event", () => {
    expect(documentedEvents()).toEqual(eventTypes);
  });

  it("explains every field", () => {
    expect(unexplained()).toEqual([]);
  });

  it("links within itself to what is there", () => {
    const text = readFileSync(page, "utf8");
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(" ", "-"),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
    expect(links.filter((target) => !headings.includes(target ?? ""))).toEqual([]);
  });
});
