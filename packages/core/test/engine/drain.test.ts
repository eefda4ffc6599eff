import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Instance } from "../../src/index.ts";
import { ended, ending, openProject, type Project, type ProjectOptions } from "./fixtures/project.ts";

const inService = async (options: ProjectOptions = {}): Promise<Project> => {
  const project = await openProject({ instances: 3, ...options });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  return project;
};

const states = async ({ balancer }: Project): Promise<string[]> => {
  const ids = ["web1", "web2", "web3"];
  const members = await balancer.states({ instances: ids.map((id) => ({ id }) as Instance) });
  return members.map(({ state }) => state);
};

const reason = "the disk makes noises";

describe("a drained instance", () => {
  it("is out, is said to be so with who and why, and is in the history", async () => {
    const project = await inService();
    const { engine } = project;
    const { result, events } = await ended(engine.drain({ instances: ["web2"], reason }));
    expect(ending(result)).toBe("0 done");
    expect(result.instances).toMatchObject([{ id: "web2", state: "drained", loadBalancer: "out" }]);
    expect(events.at(-2)).toMatchObject({ type: "instance", instance: "web2", state: "drained" });
    expect(await states(project)).toEqual(["in", "out", "in"]);
    const status = await engine.status().result;
    expect(status.instances.map(({ drain }) => drain?.why)).toEqual([undefined, reason, undefined]);
    expect(status.instances[1]?.drain).toMatchObject({ who: expect.any(String), since: expect.any(Number) });
    expect((await engine.history())[0]).toMatchObject({
      verb: "drain",
      message: reason,
      instances: ["web2"],
      outcome: "noted",
    });
    expect(ending(await engine.drain({ instances: ["web2"], reason: "again" }).result)).toBe("0 unchanged");
  });

  it("gets what is deployed and stays out, also when the deploy is put back", async () => {
    const project = await inService({
      plan: { check: { command: '[ "$HAWSER_REVISION" != bad ]', timeoutMs: 1, stableMs: 0 } },
    });
    const { engine, current, source } = project;
    await engine.drain({ instances: ["web2"], reason }).result;
    const { result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(current()).toEqual(["000002", "000002", "000002"]);
    expect(await states(project)).toEqual(["in", "out", "in"]);
    expect(result.instances[1]).toMatchObject({ drain: { why: reason }, loadBalancer: "out" });
    source.add({ "index.html": "three" }, { label: "v3" });
    const failing = await project.engineWith({
      steps: { check: { use: { name: "check", where: "waves", needs: [], gives: {}, run: refuse } } },
    });
    expect(ending(await failing.deploy().result)).toContain("1 putBack");
    expect(await states(project)).toEqual(["in", "out", "in"]);
  });

  it("is not put in by a run under way when it is drained", async () => {
    const project = await inService({
      plan: { activate: [{ name: "wait", run: waitText, timeoutMs: 20_000 }] },
      config: { rollout: { waves: [1, "100%"] } },
    });
    const { engine, root } = project;
    const run = engine.deploy();
    while (!existsSync(join(root("web1"), "waits"))) await sleep(20);
    await engine.drain({ instances: ["web1"], reason }).result;
    for (const id of ["web1", "web2", "web3"]) writeFileSync(join(root(id), "go"), "");
    expect(ending(await run.result)).toBe("0 done");
    expect(await states(project)).toEqual(["out", "in", "in"]);
  });

  it("comes in again by undrain, once it runs the desired release and its check passes", async () => {
    const project = await inService();
    const { engine, balancer } = project;
    await engine.drain({ instances: ["web2"], reason }).result;
    const { result } = await ended(engine.undrain({ instances: ["web2"], reason: "a new disk" }));
    expect(ending(result)).toBe("0 done");
    expect(result.instances).toMatchObject([{ id: "web2", state: "active", loadBalancer: "in" }]);
    expect(await states(project)).toEqual(["in", "in", "in"]);
    expect((await engine.history())[0]).toMatchObject({ verb: "undrain", message: "a new disk" });
    expect((await engine.status().result).instances[1]?.drain).toBeUndefined();
    expect(ending(await engine.undrain({ instances: ["web2"] }).result)).toBe("0 unchanged");

    const [, web2] = await project.inventory.list({ signal: new AbortController().signal } as never);
    const request = { instance: web2 as Instance, drainTimeoutMs: 0, onDrainTimeout: "force" } as const;
    await balancer.ensure({ ...request, state: "out" }, { signal: new AbortController().signal } as never);
    expect(ending(await engine.undrain({ instances: ["web2"] }).result)).toBe("0 done");
    expect(await states(project)).toEqual(["in", "in", "in"]);
  });

  it("stays out when it runs another release or is ill", async () => {
    const project = await inService({
      plan: { check: { command: '[ ! -e "$HAWSER_ROOT/ill" ]', timeoutMs: 1, stableMs: 0 } },
    });
    const { engine, root } = project;
    await engine.drain({ instances: ["web2"], reason }).result;
    writeFileSync(join(root("web2"), "ill"), "");
    expect(ending(await engine.undrain({ instances: ["web2"] }).result)).toBe("1 untouched HWS_CHECK_FAILED");
    expect((await engine.status().result).instances[1]?.drain?.why).toBe(reason);
    expect(await states(project)).toEqual(["in", "out", "in"]);
  });
});

describe("a drain", () => {
  it("is refused when too few healthy members are left, and then records nothing", async () => {
    const project = await inService();
    const { engine } = project;
    expect(ending(await engine.drain({ role: "web", reason }).result)).toBe("1 untouched HWS_DRAIN_LAST");
    await engine.drain({ instances: ["web1", "web3"], reason }).result;
    expect(ending(await engine.drain({ instances: ["web2"], reason }).result)).toBe(
      "1 untouched HWS_DRAIN_LAST",
    );
    expect(await states(project)).toEqual(["out", "in", "out"]);
    expect((await engine.status().result).instances[1]?.drain).toBeUndefined();
    expect(ending(await engine.drain({ instances: ["web2"], reason, force: true }).result)).toBe("0 done");
    expect(await states(project)).toEqual(["out", "out", "out"]);
  });

  it("of the last two members at once never takes out both", async () => {
    const project = await inService();
    const { engine } = project;
    await engine.drain({ instances: ["web3"], reason }).result;
    await Promise.all(["web1", "web2"].map((id) => engine.drain({ instances: [id], reason }).result));
    expect((await states(project)).filter((state) => state === "in").length).toBeGreaterThan(0);
  });

  it("of nobody, of a stranger, or without a reason is refused", async () => {
    const { engine } = await openProject();
    expect(() => engine.drain({ reason })).toThrow(TypeError);
    const codeOf = async (request: Parameters<typeof engine.drain>[0]) =>
      ending(await engine.drain(request).result);
    expect(await codeOf({ instances: ["web9"], reason })).toBe("2 untouched HWS_FLEET_UNKNOWN");
    expect(await codeOf({ role: "cron", reason })).toBe("2 untouched HWS_FLEET_NO_ROLE");
    expect(await codeOf({ instances: ["web1"], reason: " " })).toBe("2 untouched HWS_REASON_INVALID");
  });
});

const refuse = async (): Promise<undefined> => {
  throw new Error("not this one");
};

/** Waits in the second release until there is a file `go`. */
const waitText =
  'if [ "$HAWSER_RELEASE" != 000001 ]; then : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi';
