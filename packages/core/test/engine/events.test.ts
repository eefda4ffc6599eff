import type { RunEvent } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { gathered } from "../gathered.ts";
import { ended, ending, openProject } from "./fixtures/project.ts";

const withoutBulk = (events: readonly RunEvent[]): RunEvent[] =>
  events.filter(({ type }) => type !== "progress" && type !== "output");

describe("the kept events of a run", () => {
  it("are those that it told, all but progress and output, as soon as it has a result", async () => {
    const { engine } = await openProject();
    const { events } = await ended(engine.deploy());
    expect(await gathered(engine.events())).toEqual(withoutBulk(events));
  });

  it("are of the last run, or of one that is named", async () => {
    const { engine, source } = await openProject({ instances: 1 });
    const first = await engine.deploy().result;
    source.add({ "index.html": "two" });
    const second = await engine.deploy().result;
    expect((await gathered(engine.events())).at(-1)).toMatchObject({ run: second.run });
    const earlier = await gathered(engine.events({ run: first.run ?? "" }));
    expect(earlier.at(-1)).toMatchObject({ type: "result", run: first.run, outcome: "done" });
  });

  it("are none before the first run, and of a look there are none", async () => {
    const { engine } = await openProject({ instances: 1 });
    await engine.plan().result;
    await engine.status().result;
    expect(await gathered(engine.events())).toEqual([]);
  });

  it("tell of a failed run too", async () => {
    const { engine } = await openProject({
      plan: { activate: [{ name: "warm", run: "exit 3", timeoutMs: 5_000 }] },
    });
    const { events, result } = await ended(engine.deploy());
    expect(result.ok).toBe(false);
    const kept = await gathered(engine.events());
    expect(kept).toEqual(withoutBulk(events));
    expect(kept).toContainEqual(expect.objectContaining({ type: "step", phase: "failed" }));
  });

  it("of a run that was resumed are those of both deployers", async () => {
    const { engine, engineWith, current } = await openProject({
      plan: { activate: [{ name: "slow", run: "sleep 0.3", timeoutMs: 5_000 }] },
    });
    const run = engine.deploy();
    for await (const event of run) if (event.type === "wave" && event.phase === "started") run.cancel("stop");
    expect(ending(await run.result)).toMatch(/^130 interrupted/);
    const again = await (await engineWith({})).deploy({ resume: true }).result;
    expect(ending(again)).toBe("0 done");
    expect(current()).toEqual(["000001", "000001"]);
    const kept = await gathered(engine.events());
    const told = kept.flatMap((event) => {
      if (event.type === "start") return ["start"];
      if (event.type === "run") return [event.resumed ? "resumed" : "begun"];
      return event.type === "result" ? [event.outcome] : [];
    });
    expect(told).toEqual(["start", "begun", "interrupted", "start", "resumed", "done"]);
  });

  it("of a run that another deploy put back end with that, and the deploy's own begin anew", async () => {
    const { engine, source } = await openProject({
      plan: { activate: [{ name: "slow", run: "sleep 0.3", timeoutMs: 5_000 }] },
    });
    const run = engine.deploy();
    for await (const event of run) if (event.type === "wave" && event.phase === "started") run.cancel("stop");
    const { run: left } = await run.result;
    source.add({ "index.html": "two" });
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("0 done");
    const before = await gathered(engine.events({ run: left ?? "" }));
    expect(before.at(-1)).toMatchObject({ type: "step", step: "put back", phase: "done" });
    const own = await gathered(engine.events({ run: result.run ?? "" }));
    expect(own.slice(0, 2)).toMatchObject([{ type: "start" }, { type: "run", run: result.run }]);
    expect(own).not.toContainEqual(expect.objectContaining({ step: "put back" }));
  });

  it("that cannot be stored fail no run and hold none up", async () => {
    const { engine, storage } = await openProject();
    const put = storage.put.bind(storage);
    storage.put = (request, context) =>
      request.key.includes("/events/") ? Promise.reject(new Error("no room")) : put(request, context);
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("0 done");
    expect(result.warnings).toEqual([]);
    expect(await gathered(engine.events())).toEqual([]);
  });

  it("are nothing that fsck complains of", async () => {
    const { engine } = await openProject({ instances: 1 });
    await engine.deploy().result;
    expect((await engine.fsck()).problems).toEqual([]);
  });
});
