import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HawserError, type Transport } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { ending, given, openProject, type Project } from "./fixtures/project.ts";

const timeoutMs = 20_000;
/** What ran before it cannot run after it. */
const migrate = { name: "migrate", run: "true", timeoutMs, compatible: false };
/** Runs until there is a file `go`, but for the first release. */
const hold = {
  name: "hold",
  run: 'if [ "$HAWSER_RELEASE" != 000001 ]; then : >"$HAWSER_ROOT/held"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi',
  timeoutMs,
};
const onlyOn = (id: string) => ({
  command: `test "$HAWSER_INSTANCE$HAWSER_RELEASE" != ${id}`,
  timeoutMs: 100,
  stableMs: 0,
});

const inService = async (
  plan: NonNullable<Parameters<typeof openProject>[0]>["plan"],
  instances = 2,
): Promise<Project> => {
  const project = await openProject({
    plan: plan ?? {},
    instances,
    config: { rollout: { waves: [1, "100%"] } },
  });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  return project;
};

const held = async ({ root }: Project, id: string): Promise<void> => {
  while (!existsSync(join(root(id), "held"))) await sleep(20);
};
const letGo = ({ root }: Project): void => {
  for (const id of ["web1", "web2"]) writeFileSync(join(root(id), "go"), "");
};

describe("a run that started a once which the release before cannot live with", () => {
  it("is put back only with consent, whichever verb would do it", async () => {
    const { engine, current, balancer, inventory } = await inService({
      once: { before: [migrate], after: [] },
      check: onlyOn("web2000002"),
    });
    const failed = await engine.deploy().result;
    expect(ending(failed)).toBe("3 split HWS_CHECK_FAILED");
    expect(failed.ran).toEqual(["migrate on web1"]);
    const stands = async () => {
      const instances = await inventory.list({ signal: new AbortController().signal } as never);
      return [current(), (await balancer.states({ instances })).map(({ state }) => state)];
    };
    const left = await stands();
    expect(left).toEqual([
      ["000002", "000002"],
      ["in", "out"],
    ]);
    const consent = expect.stringMatching(/^hawser deploy --abandon --allow-incompatible {3}# .*migrate/);
    expect(failed.next).toEqual(["hawser status", "hawser logs 000002", "hawser deploy --resume", consent]);

    for (const start of [
      () => engine.deploy({ abandon: true }),
      () => engine.deploy({ ref: "v1" }),
      () => engine.rollback(),
    ]) {
      const refused = await start().result;
      expect(ending(refused)).toBe("3 split HWS_ONCE_CROSSED");
      expect(refused).toMatchObject({ run: "000002", ran: ["migrate on web1"], next: failed.next });
      expect(refused.instances.map(({ release }) => release)).toEqual(["000002", "000002"]);
      expect(await stands()).toEqual(left);
    }
    const back = await engine.deploy({ abandon: true, allowIncompatible: true }).result;
    expect(ending(back)).toBe("0 putBack");
    expect(back.ran).toEqual(["migrate on web1"]);
    expect(await stands()).toEqual([
      ["000001", "000001"],
      ["in", "in"],
    ]);
  });

  it("is closed without a word where no wave began, and says what ran", async () => {
    const project = await inService({ once: { before: [migrate, hold], after: [] } });
    const run = project.engine.deploy();
    await held(project, "web1");
    run.cancel("stop");
    expect(ending(await run.result)).toBe("130 interrupted HWS_RUN_STOPPED");
    letGo(project);
    const back = await project.engine.deploy({ abandon: true }).result;
    expect(ending(back)).toBe("0 putBack");
    expect(back.ran).toEqual(["migrate on web1", "hold on web1"]);
    expect(project.current()).toEqual(["000001", "000001"]);
  });

  it("is not put back by a resume that fails before it came to the once again", async () => {
    const project = await inService({ once: { before: [migrate], after: [] }, activate: [hold] });
    const run = project.engine.deploy();
    await held(project, "web1");
    run.cancel("stop");
    await run.result;
    letGo(project);
    const real = project.config.transport?.use as unknown as { create(options: object): Transport };
    const absent = new HawserError("HWS_TRANSPORT_UNREACHABLE", "no route");
    const half: Transport = {
      open: async (request, context) => {
        if (request.instance.id === "web2") throw absent;
        return await real.create({}).open(request, context);
      },
    };
    const engine = await project.engineWith({ transport: given("transport", half) });
    const resumed = await engine.deploy({ resume: true }).result;
    expect(ending(resumed)).toBe("3 split HWS_FLEET_PREFLIGHT");
    expect(resumed.ran).toEqual(["migrate on web1"]);
    expect(project.current()).toEqual(["000002", "000001"]);
    expect(ending(await project.engine.deploy({ resume: true }).result)).toBe("0 done");
  });
});

it.each(["activate", "leave"] as const)("resume starts a failed command of %s once more", async (phase) => {
  const mended = `[ "$HAWSER_RELEASE" = ${phase === "leave" ? "000002" : "000001"} ] || [ -e "$HAWSER_ROOT/go" ]`;
  const project = await inService({
    once: { before: [migrate], after: [] },
    [phase]: [{ name: "breaks", run: mended, timeoutMs }],
  });
  expect((await project.engine.deploy().result).exitCode).toBe(3);
  letGo(project);
  expect(ending(await project.engine.deploy({ resume: true }).result)).toBe("0 done");
  expect(project.current()).toEqual(["000002", "000002"]);
});

it("an earlier release goes into service over such a once only with consent", async () => {
  const { engine, current } = await inService({ once: { before: [migrate], after: [] } }, 1);
  expect(ending(await engine.deploy().result)).toBe("0 done");
  for (const start of [
    () => engine.rollback(),
    () => engine.rollback({ to: "000001" }),
    () => engine.deploy({ ref: "v1" }),
    () => engine.deploy({ release: "000001" }),
  ]) {
    const refused = await start().result;
    expect(ending(refused)).toBe("1 untouched HWS_ONCE_CROSSED");
    expect(refused.error).toMatchObject({
      message: expect.stringContaining("migrate of release 000002"),
      hint: expect.stringContaining("--allow-incompatible"),
    });
  }
  expect(current()).toEqual(["000002"]);
  expect(ending(await engine.rollback({ allowIncompatible: true }).result)).toBe("0 done");
  expect(current()).toEqual(["000001"]);
  // Forward again there is nothing to consent to but the release that was left.
  expect(ending(await engine.deploy({ release: "000002", allowBad: true }).result)).toBe("0 done");
});
