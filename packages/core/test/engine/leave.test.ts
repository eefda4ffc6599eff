import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlanCommand } from "@hawser/core/plugin";
import { MemoryInstaller } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { ended, ending, given, openProject, type Project } from "./fixtures/project.ts";

const timeoutMs = 20_000;

/** Says in a file of the root what ran, of which release, and what `current` was then. */
const told = (phase: string): PlanCommand => ({
  name: `say-${phase}`,
  run: `echo "${phase} $HAWSER_RELEASE $WHO in $(basename "$(pwd -P)")" >>"$HAWSER_ROOT/said"`,
  timeoutMs,
});
const phases = { leave: [told("leave")], activate: [told("activate")], rollback: [told("rollback")] };
const said = ({ root }: Project, id: string): string[] =>
  existsSync(join(root(id), "said"))
    ? readFileSync(join(root(id), "said"), "utf8")
        .trim()
        .split("\n")
    : [];
const clear = ({ root }: Project): void => {
  for (const id of ["web1", "web2"]) rmSync(join(root(id), "said"), { force: true });
};

/** The first release is in service with the plan; a second one is to come. */
const inService = async (plan: NonNullable<Parameters<typeof openProject>[0]>["plan"]): Promise<Project> => {
  const project = await openProject({ plan: plan ?? {}, config: { rollout: { waves: [1, "100%"] } } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  clear(project);
  return project;
};
const replanned = async (project: Project, plan: ConstructorParameters<typeof MemoryInstaller>[0]) =>
  await project.engineWith({ installer: given("installer", new MemoryInstaller(plan)) });

describe("leave", () => {
  it("runs what the release being left last ran with, in `current`, before the rename, on deploy and rollback", async () => {
    const project = await inService({ ...phases, env: { WHO: "one" } });
    const engine = await replanned(project, { ...phases, env: { WHO: "two" } });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    for (const id of ["web1", "web2"])
      expect(said(project, id)).toEqual(["leave 000001 one in 000001", "activate 000002 two in 000002"]);
    clear(project);
    expect(ending(await engine.rollback().result)).toBe("0 done");
    expect(said(project, "web2")).toEqual([
      "rollback 000002 two in 000002",
      "leave 000002 two in 000002",
      "activate 000001 one in 000001",
    ]);
  });

  it("is run of both releases when a run is put back", async () => {
    const check = { command: 'test "$HAWSER_RELEASE" = 000001', timeoutMs: 100, stableMs: 0 };
    const project = await inService({ ...phases, env: { WHO: "one" } });
    const engine = await replanned(project, { ...phases, env: { WHO: "two" }, check });
    expect(ending(await engine.deploy().result)).toBe("1 putBack HWS_CHECK_FAILED");
    expect(said(project, "web1")).toEqual([
      "leave 000001 one in 000001",
      "activate 000002 two in 000002",
      "rollback 000002 two in 000002",
      "leave 000002 two in 000002",
      "activate 000001 one in 000001",
    ]);
    expect(said(project, "web2")).toEqual([]);
  });

  it("fails a deploy when it fails: what was begun to be left is started again, and the config may let it fail by its name", async () => {
    const stop = { name: "stop", run: 'echo stop >>"$HAWSER_ROOT/said"; exit 3', timeoutMs };
    const project = await inService({ leave: [stop], activate: [told("activate")] });
    const failed = await project.engine.deploy().result;
    expect(ending(failed)).toBe("1 putBack HWS_LEAVE_FAILED");
    expect(failed.error?.message).toContain("000001");
    expect(failed.error?.hint).toContain("mayFail: true");
    expect(project.current()).toEqual(["000001", "000001"]);
    expect(said(project, "web1")).toEqual(["stop", "activate 000001  in 000001"]);
    const engine = await replanned(project, { leave: [{ ...stop, mayFail: true }] });
    const { events, result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "warning",
        code: "HWS_COMMAND_FAILED",
        instance: "web1",
        step: "leave",
      }),
    );
  });

  it("keeps nobody on a release that is given up: its failures are warnings on rollback and put back", async () => {
    const project = await inService({});
    const broken = { name: "stop", run: "exit 3", timeoutMs };
    const engine = await replanned(project, { leave: [broken] });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    const { events, result } = await ended(engine.rollback());
    expect(ending(result)).toBe("0 done");
    expect(events.filter(({ type }) => type === "warning")).toHaveLength(2);
    expect(project.current()).toEqual(["000001", "000001"]);
  });

  it("is not run where its plan cannot be read any more: a warning says so", async () => {
    const project = await inService(phases);
    for await (const { key } of project.storage.list({ prefix: "shop/plans/" }, {
      signal: new AbortController().signal,
    } as never))
      await project.storage.delete({ key }, { signal: new AbortController().signal } as never);
    const engine = await replanned(project, { env: { other: "plan" } });
    const { events, result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(events).toContainEqual(expect.objectContaining({ type: "warning", code: "HWS_LEAVE_UNKNOWN" }));
    expect(said(project, "web1")).toEqual([]);
  });

  it("is repeated by no run that is resumed, and undone by one that is abandoned", async () => {
    const slow = {
      name: "slow",
      run: 'echo leave >>"$HAWSER_ROOT/said"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done',
      timeoutMs,
    };
    const cutOff = async (project: Project): Promise<void> => {
      const run = project.engine.deploy();
      while (said(project, "web1").length === 0) await sleep(20);
      run.cancel("stop");
      expect(ending(await run.result)).toBe("130 interrupted HWS_RUN_STOPPED");
      for (const id of ["web1", "web2"]) writeFileSync(join(project.root(id), "go"), "");
    };
    const project = await inService({ leave: [slow], activate: [told("activate")] });
    await cutOff(project);
    expect(ending(await project.engine.deploy({ resume: true }).result)).toBe("0 done");
    expect(said(project, "web1")).toEqual(["leave", "activate 000002  in 000002"]);

    const other = await inService({ leave: [slow], activate: [told("activate")] });
    await cutOff(other);
    expect(ending(await other.engine.deploy({ abandon: true }).result)).toBe("0 putBack");
    expect(said(other, "web1")).toEqual(["leave", "activate 000001  in 000001"]);
    expect(other.current()).toEqual(["000001", "000001"]);
  });
});

describe("mayFail", () => {
  it.each(["prepare", "install", "activate"] as const)(
    "makes a failing command of %s a warning with its output, and the next one runs",
    async (phase) => {
      const project = await openProject({
        plan: {
          [phase]: [
            { name: "breaks", run: "echo it broke; exit 9", timeoutMs, mayFail: true },
            { name: "goes-on", run: "exit 0", timeoutMs },
          ],
        },
      });
      const { events, result } = await ended(project.engine.deploy());
      expect(ending(result)).toBe("0 done");
      expect(events).toContainEqual(
        expect.objectContaining({
          type: "warning",
          code: "HWS_COMMAND_FAILED",
          step: phase,
          output: "it broke\n",
        }),
      );
    },
  );

  it("makes a failing once command a warning, which a deploy of the release runs again", async () => {
    const once = { name: "seed", run: "exit 9", timeoutMs, mayFail: true };
    const project = await openProject({ plan: { once: { before: [once], after: [] } } });
    const { events, result } = await ended(project.engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "warning", code: "HWS_COMMAND_FAILED", step: "once.before" }),
    );
  });
});
