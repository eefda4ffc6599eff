import { existsSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MemoryInstaller } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { maintenancePlan, migrating, openMaintained } from "./fixtures/maintenance.ts";
import { ended, ending, given, openProject } from "./fixtures/project.ts";

const once = (more: object = {}) => ({ once: { before: [migrating(more)], after: [] } });
const onlyOn = (release: string) => ({
  command: `test "$HAWSER_RELEASE" = ${release}`,
  timeoutMs: 100,
  stableMs: 0,
});
const both = ["web1", "web2"];

/** Stops the deploy of the second release while its migration runs; the deployer dies, in the engine's words. */
const stopped = async (plan: Parameters<typeof openMaintained>[0]) => {
  const project = await openMaintained(plan);
  project.write("web1", "wait");
  const run = project.engine.deploy();
  await project.migrates();
  run.cancel("stop");
  expect(ending(await run.result)).toBe("130 interrupted HWS_RUN_STOPPED");
  return project;
};

describe("a once command that wants maintenance", () => {
  it("has every instance in it while it runs, until the release is in service everywhere", async () => {
    const { engine, seen, away, ran } = await openMaintained(once());
    expect(ran("web1")).toEqual([]);
    const { result, events } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(seen()).toEqual(both);
    expect(away()).toEqual([]);
    for (const id of both) expect(ran(id)).toEqual(["show 000001", "show 000002", "take 000002"]);
    expect(result).not.toHaveProperty("maintenance");
    expect(await engine.status().result).not.toHaveProperty("maintenance");
    const steps = events.flatMap((event) =>
      event.type === "step" && event.phase === "done" ? [event.step] : [],
    );
    const order = ["install", "maintenance.on", "once.before", "maintenance", "publish"];
    expect(steps.filter((step) => order.includes(step))).toEqual(order);
    expect((await engine.fsck()).problems).toEqual([]);
  });

  it("is not run again by a deploy of the same release, and nobody is told anything then", async () => {
    const { engine, ran } = await openMaintained(once());
    await engine.deploy().result;
    const told = ran("web1");
    expect(ending(await engine.deploy({ release: "000002" }).result)).toBe("0 unchanged");
    expect(ran("web1")).toEqual(told);
  });

  it("does not start where an instance cannot be put into it, and the others leave it", async () => {
    const { engine, breakOn, away, current } = await openMaintained(once());
    breakOn("web2", "show");
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(result).toMatchObject({ ran: [], error: { instance: "web2", step: "maintenance.on" } });
    expect(current()).toEqual(["000001", "000001"]);
    expect(away()).toEqual([]);
    expect(result).not.toHaveProperty("maintenance");
  });

  it("runs all the same where the release in service has no commands for it, with a warning", async () => {
    const project = await openProject({ instances: 1 });
    await project.engine.deploy().result;
    project.source.add({ "index.html": "two" });
    const plan = { ...maintenancePlan, ...once() };
    const engine = await project.engineWith({ installer: given("installer", new MemoryInstaller(plan)) });
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("0 done");
    expect(result.warnings).toContainEqual(
      expect.objectContaining({
        code: "HWS_MAINTENANCE_OPEN",
        message: expect.stringMatching(/migrate.*000001/),
      }),
    );
  });
});

describe("a run that turned maintenance on and fails", () => {
  it.each([
    ["before the first wave", ["migrate"], {}, "1 untouched HWS_COMMAND_FAILED"],
    ["in a wave", [], { check: onlyOn("000001") }, "1 putBack HWS_CHECK_FAILED"],
  ])("%s turns it off again with the plan of what runs", async (_, broken, plan, how) => {
    const { engine, breakOn, seen, away, ran, current } = await openMaintained({ ...once(), ...plan });
    for (const name of broken) breakOn("web1", name);
    const result = await engine.deploy().result;
    expect(ending(result)).toBe(how);
    expect(result.warnings).toEqual([]);
    expect(seen()).toEqual(both);
    expect(current()).toEqual(["000001", "000001"]);
    expect(away()).toEqual([]);
    expect(ran("web2").at(-1)).toBe("take 000001");
    expect(result).not.toHaveProperty("maintenance");
  });

  it("is put back when the new release cannot leave it", async () => {
    const off = [{ name: "take", run: '[ "$HAWSER_RELEASE" = 000001 ] && rm -f away', timeoutMs: 10_000 }];
    const { engine, away, current } = await openMaintained({
      ...once(),
      maintenance: { on: maintenancePlan.maintenance?.on ?? [], off },
    });
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("1 putBack HWS_COMMAND_FAILED");
    expect(result.error).toMatchObject({ step: "maintenance.off" });
    expect(current()).toEqual(["000001", "000001"]);
    expect(away()).toEqual([]);
  });

  it("leaves the record where it cannot be turned off, with a warning; the next deploy that succeeds ends it", async () => {
    const { engine, breakOn, away, root, source } = await openMaintained(once());
    breakOn("web1", "migrate");
    breakOn("web2", "take");
    const failed = await engine.deploy().result;
    expect(ending(failed)).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(failed.warnings).toMatchObject([{ code: "HWS_MAINTENANCE_LEFT", instance: "web2" }]);
    expect(failed.maintenance).toMatchObject({
      run: "000002",
      why: "once command migrate of release 000002",
    });
    const off = expect.stringMatching(/^hawser maintenance off {3}# /);
    expect(failed.next.slice(-2)).toEqual([expect.stringMatching(/^hawser deploy {3}#/), off]);
    expect(away()).toEqual(["web2"]);
    expect(await engine.status().result).toMatchObject({ maintenance: failed.maintenance, next: [off] });
    for (const [id, name] of [
      ["web1", "migrate"],
      ["web2", "take"],
    ])
      rmSync(join(root(id as string), `broken-${name}`));
    source.add({ "index.html": "three" });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    expect(away()).toEqual([]);
    expect(await engine.status().result).not.toHaveProperty("maintenance");
  });

  it("leaves what a person turned on", async () => {
    const { engine, breakOn, away } = await openMaintained(once());
    await engine.maintenance({ state: "on", reason: "I look at it" }).result;
    breakOn("web1", "migrate");
    const failed = await engine.deploy().result;
    expect(ending(failed)).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(failed.maintenance).toMatchObject({ why: "I look at it" });
    expect(away()).toEqual(both);
  });
});

describe("after a once command that the release before cannot live with", () => {
  const crossing = once({ compatible: false });

  it("it stays on while the run is open, and consent to go back ends it", async () => {
    const { engine, away, current } = await openMaintained({ ...crossing, check: onlyOn("000001") });
    const failed = await engine.deploy().result;
    expect(ending(failed)).toBe("3 split HWS_CHECK_FAILED");
    expect(failed.maintenance).toMatchObject({ run: "000002" });
    expect(failed.next.at(-1)).toMatch(/^hawser maintenance off {3}# only/);
    expect(away()).toEqual(both);
    const refused = await engine.deploy({ abandon: true }).result;
    expect(ending(refused)).toBe("3 split HWS_ONCE_CROSSED");
    expect(refused).toMatchObject({ maintenance: failed.maintenance, next: failed.next });
    const back = await engine.deploy({ abandon: true, allowIncompatible: true }).result;
    expect(ending(back)).toBe("0 putBack");
    expect(back).not.toHaveProperty("maintenance");
    expect(current()).toEqual(["000001", "000001"]);
    expect(away()).toEqual([]);
  });

  it("it stays on where nothing was switched either, and a deploy that succeeds ends it", async () => {
    const { engine, breakOn, away, root } = await openMaintained(crossing);
    breakOn("web1", "migrate");
    const failed = await engine.deploy().result;
    expect(ending(failed)).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(failed.warnings).toMatchObject([{ code: "HWS_MAINTENANCE_KEPT" }]);
    expect(failed.maintenance).toMatchObject({ run: "000002" });
    expect(away()).toEqual(both);
    rmSync(join(root("web1"), "broken-migrate"));
    expect(ending(await engine.deploy().result)).toBe("0 done");
    expect(away()).toEqual([]);
  });
});

describe("a run whose deployer died with maintenance on", () => {
  it("is shown by status, and resumed to its end", async () => {
    const { engine, away, ran, write, seen } = await stopped(once());
    expect(await engine.status().result).toMatchObject({
      run: "000002",
      maintenance: { run: "000002" },
      next: expect.arrayContaining([
        "hawser deploy --resume",
        expect.stringMatching(/^hawser maintenance off/),
      ]),
    });
    expect(away()).toEqual(both);
    write("web1", "go");
    expect(ending(await engine.deploy({ resume: true }).result)).toBe("0 done");
    expect(seen()).toEqual(both);
    expect(away()).toEqual([]);
    expect(ran("web2")).toEqual(["show 000001", "show 000002", "take 000002"]);
    expect(await engine.status().result).not.toHaveProperty("maintenance");
  });

  it("is abandoned, and what runs leaves it", async () => {
    const { engine, away, ran, write } = await stopped(once());
    write("web1", "go");
    const back = await engine.deploy({ abandon: true }).result;
    expect(ending(back)).toBe("0 putBack");
    expect(back).not.toHaveProperty("maintenance");
    expect(away()).toEqual([]);
    expect(ran("web1")).toEqual(["show 000001", "take 000001"]);
  });

  it("is put back by a deploy of another revision, which begins anew", async () => {
    const { engine, away, write, source, current } = await stopped(once());
    write("web1", "go");
    source.add({ "index.html": "three" });
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("0 done");
    expect(current()).toEqual(["000003", "000003"]);
    expect(away()).toEqual([]);
  });

  it("a person who says off before the run ends is obeyed; one who says on owns it from then on", async () => {
    const first = await stopped(once());
    expect(ending(await first.engine.maintenance({ state: "off" }).result)).toBe("0 done");
    expect(first.away()).toEqual([]);
    const second = await stopped(once());
    const on = await second.engine.maintenance({ state: "on", reason: "I look at it" }).result;
    expect(on.maintenance).not.toHaveProperty("run");
    second.write("web1", "go");
    expect(ending(await second.engine.deploy({ resume: true }).result)).toBe("0 done");
    expect(second.away()).toEqual(both);
  });

  it("a command that it left running ends before the other way begins", async () => {
    const slow = { name: "show", run: ': >"$HAWSER_ROOT/showing"; sleep 2; : >away', timeoutMs: 10_000 };
    const { engine, away, root } = await openMaintained({
      ...once(),
      maintenance: { on: [slow], off: [{ name: "take", run: "rm -f away", timeoutMs: 10_000 }] },
    });
    const run = engine.deploy();
    while (!existsSync(join(root("web1"), "showing"))) await sleep(20);
    run.cancel("stop");
    expect(ending(await run.result)).toBe("130 interrupted HWS_RUN_STOPPED");
    expect(ending(await engine.deploy({ abandon: true }).result)).toBe("0 putBack");
    await sleep(3_000);
    expect(away()).toEqual([]);
  });
});

it("a newcomer beside an open run is put into maintenance, and leaves it with the others", async () => {
  const { engine, away, appear, member, write } = await stopped(once());
  appear("web9");
  expect(ending(await engine.reconcile().result)).toBe("0 done");
  expect(await member("web9")).toBe("in");
  expect(away()).toEqual([...both, "web9"]);
  write("web1", "go");
  expect(ending(await engine.deploy({ abandon: true }).result)).toBe("0 putBack");
  expect(away()).toEqual([]);
});

it("a newcomer that came up beside the run is in maintenance while the command runs, and out of it at the end", async () => {
  const install = {
    name: "wait",
    run: `[ "$HAWSER_RELEASE" != 000001 ] && [ "$HAWSER_INSTANCE" = web1 ] || exit 0
: >"$HAWSER_ROOT/installing"; until [ -e "$HAWSER_ROOT/installed" ]; do sleep 0.05; done`,
    timeoutMs: 20_000,
  };
  const { engine, root, appear, write, seen, away, member } = await openMaintained({
    ...once(),
    install: [install],
  });
  const run = engine.deploy();
  while (!existsSync(join(root("web1"), "installing"))) await sleep(20);
  appear("web9");
  expect(ending(await engine.reconcile().result)).toBe("0 done");
  expect(await member("web9")).toBe("in");
  write("web1", "installed");
  expect(ending(await run.result)).toBe("0 done");
  expect(seen()).toEqual([...both, "web9"]);
  expect(away()).toEqual([]);
  expect(readlinkSync(join(root("web9"), "current"))).toContain("000002");
});
