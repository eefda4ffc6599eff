import { MemoryInstaller } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import type { DeployPlan } from "../../src/index.ts";
import { ended, ending, given, openProject } from "./fixtures/project.ts";
import { openTwoEnvironments } from "./fixtures/two-environments.ts";

const planned = (plan: DeployPlan | undefined): DeployPlan => {
  expect(plan).toBeDefined();
  // A plan is kept and handed on as JSON.
  return JSON.parse(JSON.stringify(plan)) as DeployPlan;
};

const stale = "2 untouched HWS_PLAN_STALE";

describe("a deploy by plan", () => {
  it("puts out what was looked at, although the source has moved on", async () => {
    const { engine, source, current } = await openProject({ instances: 1 });
    const looked = await engine.plan({ ref: "v1", build: true }).result;
    source.add({ "index.html": "two" }, { label: "v2" });
    const { result } = await ended(engine.deploy({ plan: planned(looked.plan), message: "as planned" }));
    expect(ending(result)).toBe("0 done");
    expect(result.artifact).toBe(looked.artifact);
    expect(result.revision).toBe(looked.revision);
    expect(current()).toEqual(["000001"]);
  });

  it("puts out the stored release that was looked at, also from another environment's storage", async () => {
    const { engine } = await openTwoEnvironments();
    expect(ending(await engine.deploy({ environment: "staging" }).result)).toBe("0 done");
    const looked = await engine.plan({ environment: "production", from: "staging" }).result;
    const plan = planned(looked.plan);
    expect(ending(await engine.deploy({ environment: "production", plan, dryRun: true }).result)).toBe(
      "0 done",
    );
    const { result } = engine.deploy({ environment: "production", plan });
    expect(ending(await result)).toBe("0 done");
    expect((await result).release).toBe("000001");
    // It was one plan for one state of the environment.
    expect(ending(await engine.deploy({ environment: "production", plan }).result)).toBe(stale);
    expect(ending(await engine.deploy({ environment: "staging", plan }).result)).toBe(stale);
  });

  it("is refused when anything that was looked at has changed since, and touches nothing", async () => {
    const { engine, engineWith, source, current } = await openProject({ instances: 1 });
    const plan = planned((await engine.plan().result).plan);
    const prepare = [{ name: "more", run: "true", timeoutMs: 1_000 }];
    const install = [{ name: "more", run: "true", timeoutMs: 1_000 }];
    for (const changed of [{ prepare }, { install }]) {
      const other = await engineWith({ installer: given("installer", new MemoryInstaller(changed)) });
      for (const dryRun of [true, false]) {
        const result = await other.deploy({ plan, dryRun }).result;
        expect(ending(result)).toBe(stale);
        expect(result.error?.message).toContain("the config makes another install plan");
      }
    }
    const shop = await engineWith({ app: "other" });
    expect(ending(await shop.deploy({ plan }).result)).toBe(stale);
    expect(current()).toEqual([null]);

    expect(ending(await engine.deploy().result)).toBe("0 done");
    expect(ending(await engine.deploy({ plan }).result)).toBe(stale);
    // The same release is in service again, and yet what was looked at has moved.
    const again = planned((await engine.plan().result).plan);
    source.add({ "index.html": "two" }, { label: "v2" });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    expect(ending(await engine.rollback().result)).toBe("0 done");
    expect(ending(await engine.deploy({ plan: again }).result)).toBe(stale);
    expect(current()).toEqual(["000001"]);
  });

  it("is refused when preparing again makes other bytes than those that were looked at", async () => {
    const prepare = [{ name: "clock", run: "date +%s%N > built.txt", timeoutMs: 10_000 }];
    const { engine, current } = await openProject({ instances: 1, plan: { prepare } });
    const built = planned((await engine.plan({ build: true }).result).plan);
    const { result } = engine.deploy({ plan: built });
    expect(ending(await result)).toBe(stale);
    expect((await result).error?.message).toContain("bytes");
    expect(current()).toEqual([null]);
    // Without --build the revision is what was looked at, and its bytes are made when it is deployed.
    const plan = planned((await engine.plan().result).plan);
    expect(ending(await engine.deploy({ plan }).result)).toBe("0 done");
  });

  it("is refused while a run is open", async () => {
    const { engine } = await openProject({ instances: 1 });
    const plan = planned((await engine.plan().result).plan);
    const run = engine.deploy();
    for await (const event of run) if (event.type === "step" && event.step === "store") run.cancel("stop");
    expect((await run.result).outcome).toBe("interrupted");
    expect(ending(await engine.deploy({ plan }).result)).toBe(stale);
    expect(ending(await engine.deploy({ abandon: true }).result)).toBe("0 putBack");
    expect(ending(await engine.deploy({ plan }).result)).toBe("0 done");
  });

  it("takes nothing that does not fit every field of a plan", async () => {
    const { engine } = await openProject({ instances: 1 });
    const plan = planned((await engine.plan().result).plan);
    const { version: _, ...cut } = plan;
    for (const wrong of [
      null,
      "plan",
      {},
      cut,
      { ...plan, hawserPlan: 2 },
      { ...plan, revision: "--upload-pack=touch /tmp/x" },
      { ...plan, release: "../000001" },
      { ...plan, artifact: "sha256-0" },
      { ...plan, version: -1 },
      { ...plan, ref: "a\nb" },
    ])
      expect(ending(await engine.deploy({ plan: wrong as never }).result)).toBe(
        "2 untouched HWS_PLAN_INVALID",
      );
    for (const more of [
      { ref: "v1" },
      { release: "000001" },
      { from: "x" },
      { resume: true },
      { rebuild: true },
    ])
      expect(() => engine.deploy({ plan, ...more })).toThrow(TypeError);
  });
});
