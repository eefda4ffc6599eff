import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ended, ending, openProject, type Project } from "./fixtures/project.ts";

/** Waits in the new release until there is a file `go`. */
const wait = {
  name: "wait",
  run: 'if [ "$HAWSER_RELEASE" != 000001 ]; then : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi',
  timeoutMs: 20_000,
};

const inService = async (): Promise<Project> => {
  const project = await openProject({
    plan: { activate: [wait] },
    config: { rollout: { waves: [1, "100%"] } },
  });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  return project;
};

const letGo = ({ root }: Project, id: string): void => writeFileSync(join(root(id), "go"), "");

/** Holds deploys while a wave is under way. */
const holdInWave = async (project: Project, wave: 1 | 2) => {
  const { engine, root } = project;
  const run = engine.deploy();
  if (wave === 2) letGo(project, "web1");
  while (!existsSync(join(root(`web${wave}`), "waits"))) await sleep(20);
  await engine.hold({ reason: "the shop is being counted" });
  for (const id of ["web1", "web2"]) letGo(project, id);
  return await run.result;
};

describe("a hold", () => {
  it("stops a deploy before it begins, says who, why and until when, and lets it go again", async () => {
    const project = await inService();
    const { engine, current } = project;
    for (const id of ["web1", "web2"]) letGo(project, id);
    const until = Date.now() + 3_600_000;
    const { hold } = await engine.hold({ reason: "the sale", until });
    expect(hold).toMatchObject({ why: "the sale", until, who: expect.any(String), host: expect.any(String) });
    const { result } = await ended(engine.deploy());
    expect(ending(result)).toBe("75 untouched HWS_HOLD_HELD");
    expect(result.error?.message).toContain("the sale");
    expect(result.error?.message).toContain(new Date(until).toISOString());
    expect(result.next).toEqual([expect.stringMatching(/^hawser unhold/)]);
    expect(current()).toEqual(["000001", "000001"]);
    expect((await engine.status().result).hold).toEqual(hold);
    expect((await engine.plan().result).hold).toEqual(hold);
    expect(ending(await engine.deploy({ dryRun: true }).result)).toBe("0 done");

    expect(await engine.unhold({ reason: "the sale is over" })).toEqual({ hold, changed: true });
    expect(await engine.unhold()).toEqual({ changed: false });
    expect((await engine.status().result).hold).toBeUndefined();
    expect(ending(await engine.deploy().result)).toBe("0 done");
  });

  it("stops a run under way before its next wave, and resume goes on when it is lifted", async () => {
    const project = await inService();
    const { engine, current } = project;
    const result = await holdInWave(project, 1);
    expect(ending(result)).toBe("75 interrupted HWS_HOLD_HELD");
    expect(current().sort()).toEqual(["000001", "000002"]);
    expect(result.next).toEqual([
      "hawser status",
      `hawser logs ${result.run}`,
      expect.stringMatching(/^hawser unhold/),
      "hawser deploy --resume",
      "hawser deploy --abandon",
    ]);
    expect(ending(await engine.deploy({ resume: true }).result)).toBe("75 untouched HWS_HOLD_HELD");
    await engine.unhold();
    expect(ending(await engine.deploy({ resume: true }).result)).toBe("0 done");
    expect(current()).toEqual(["000002", "000002"]);
  });

  it("never keeps a run from being put back, nor a rollback from going", async () => {
    const project = await inService();
    const { engine, current } = project;
    expect(ending(await holdInWave(project, 1))).toBe("75 interrupted HWS_HOLD_HELD");
    expect(ending(await engine.deploy({ abandon: true }).result)).toBe("0 putBack");
    expect(current()).toEqual(["000001", "000001"]);
    await engine.unhold();
    expect(ending(await engine.deploy().result)).toBe("0 done");
    await engine.hold({ reason: "enough for today" });
    expect(ending(await engine.rollback().result)).toBe("0 done");
    expect(current()).toEqual(["000001", "000001"]);
  });

  it("comes too late for the last wave: what is switched is published", async () => {
    const project = await inService();
    expect(ending(await holdInWave(project, 2))).toBe("0 done");
    expect(project.current()).toEqual(["000002", "000002"]);
  });

  it("is refused without a reason, with one of several lines, and with an end that is past", async () => {
    const { engine } = await openProject();
    for (const reason of ["", "  ", "two\nlines", "x".repeat(1001)])
      await expect(engine.hold({ reason })).rejects.toMatchObject({ code: "HWS_REASON_INVALID" });
    for (const until of [Date.now() - 1, Number.NaN, 1e20])
      await expect(engine.hold({ reason: "a", until })).rejects.toMatchObject({ code: "HWS_HOLD_UNTIL" });
    expect((await engine.status().result).hold).toBeUndefined();
  });
});
