import { describe, expect, it } from "vitest";
import { gatherFacts, type Reading } from "../src/gather.ts";
import { reportPage } from "../src/page/report-page.ts";
import { ended, openProject } from "./fixtures/project.ts";

const open = () =>
  openProject({
    instances: [
      ["web1", "web"],
      ["web2", "web"],
    ],
    plan: {
      install: [{ name: "warm", run: `echo warming; [ "$HAWSER_RELEASE" = 000001 ]`, timeoutMs: 10_000 }],
    },
  });

describe("the facts of a run", () => {
  it("are all that storage has of it: events, history, what changed, the output of those that failed", async () => {
    await using project = await open();
    const { engine, source } = project;
    source.add({ "index.html": "one" }, { label: "v1" });
    expect((await ended(engine.deploy({ message: "first" }))).result.ok).toBe(true);
    source.add({ "index.html": "two", "more.html": "" }, { label: "v2", message: "more" });
    const failed = await ended(engine.deploy({ message: "second" }));
    expect(failed.result.outcome).toBe("untouched");

    const facts = await gatherFacts(engine);
    expect(facts).toMatchObject({
      application: "shop",
      environment: "production",
      history: { run: "000002", message: "second", outcome: "untouched" },
      diff: { from: { label: "v1" }, to: { label: "v2" }, changes: [{ message: "more" }] },
    });
    expect(facts?.unknown).toBeUndefined();
    expect(facts?.events.at(-1)).toMatchObject({ type: "result", run: "000002" });
    expect(new Set(facts?.logs?.map(({ instance }) => instance))).toEqual(new Set(["web1", "web2"]));
    expect(reportPage(facts as NonNullable<typeof facts>).html).toContain("warming");

    const first = await gatherFacts(engine, { run: "000001" });
    expect(first).toMatchObject({ history: { run: "000001", outcome: "done" }, logs: [] });
    expect(first?.diff?.from).toEqual(first?.diff?.to);
  });

  it("are none of a run that is not there, or before any run", async () => {
    await using project = await open();
    expect(await gatherFacts(project.engine)).toBeUndefined();
    for (const run of ["000009", "../../x", ""])
      expect(await gatherFacts(project.engine, { run })).toBeUndefined();
  });

  it("say what could not be read, and are the others all the same", async () => {
    await using project = await open();
    const { engine, source } = project;
    source.add({ "index.html": "one" });
    await engine.deploy().result;
    const away = (): never => {
      throw new Error("storage is away");
    };
    const half: Reading = {
      overview: (request) => engine.overview(request),
      history: (request) => engine.history(request),
      events: (request) => engine.events(request),
      diff: away,
      logs: away,
    };
    const facts = await gatherFacts(half);
    expect(facts?.unknown).toEqual(["what changed: storage is away"]);
    expect(facts?.events.length).toBeGreaterThan(5);
  });
});
