import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Instance } from "@hawser/core/plugin";
import { MemoryInstaller } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/index.ts";
import { anOperation } from "./fixtures/elastic.ts";
import { maintenancePlan, migrating, openMaintained } from "./fixtures/maintenance.ts";
import { ending, given, openProject } from "./fixtures/project.ts";

const reason = "moving the database";

describe("maintenance by hand", () => {
  it("is recorded and shown, runs the plan's commands in what each instance runs, and is in the history", async () => {
    const { engine, away, ran } = await openMaintained();
    const on = await engine.maintenance({ state: "on", reason }).result;
    expect(ending(on)).toBe("0 done");
    expect(on.instances.map(({ state }) => state)).toEqual(["maintenance", "maintenance"]);
    expect(on.maintenance).toMatchObject({ why: reason, who: expect.any(String), host: expect.any(String) });
    expect(on.maintenance).not.toHaveProperty("run");
    expect(away()).toEqual(["web1", "web2"]);
    const status = await engine.status().result;
    expect(ending(status)).toBe("0 done");
    expect(status).toMatchObject({ maintenance: on.maintenance, next: [] });

    const off = await engine.maintenance({ state: "off", reason: "moved" }).result;
    expect(ending(off)).toBe("0 done");
    expect(off).not.toHaveProperty("maintenance");
    expect(away()).toEqual([]);
    expect(await engine.status().result).not.toHaveProperty("maintenance");
    expect(ran("web1")).toEqual(["show 000001", "take 000001"]);
    const instances = ["web1", "web2"];
    expect(await engine.history({ limit: 2 })).toMatchObject([
      { verb: "maintenance off", message: "moved", instances, log: off.log, outcome: "noted", run: null },
      { verb: "maintenance on", message: reason, instances, log: on.log },
    ]);
    expect((await engine.fsck()).problems).toEqual([]);
  });

  it("may be given twice either way: the commands run again, and the first word stays", async () => {
    const { engine, away, ran, root } = await openMaintained();
    const first = await engine.maintenance({ state: "on", reason }).result;
    rmSync(join(root("web1"), "current/away"));
    const again = await engine.maintenance({ state: "on", reason: "another" }).result;
    expect(ending(again)).toBe("0 unchanged");
    expect(again.maintenance).toEqual(first.maintenance);
    expect(away()).toEqual(["web1", "web2"]);
    expect(ending(await engine.maintenance({ state: "off" }).result)).toBe("0 done");
    expect(ending(await engine.maintenance({ state: "off" }).result)).toBe("0 unchanged");
    expect(ran("web2")).toEqual(["show", "show", "take", "take"].map((name) => `${name} 000001`));
    expect(await engine.history()).toHaveLength(3);
  });

  it("gives its commands roles, environment and secrets of the plan, and keeps what they say without the secrets", async () => {
    const say = {
      name: "say",
      run: 'printf "%s\\n" "$GREETING $HAWSER_SECRET_TOKEN" >away; cat away',
      timeoutMs: 10_000,
    };
    const plan = {
      maintenance: {
        on: [say, { ...say, name: "never", run: "false", roles: ["cron"] }],
        off: [{ ...say, run: "rm -f away" }],
      },
      env: { GREETING: "hello" },
      generated: ["away"],
    };
    const installer = given(
      "installer",
      new MemoryInstaller(plan, { TOKEN: new Secret("abcdefgh12345678") }),
    );
    const { engine } = await openProject({ instances: 1, config: { installer } });
    await engine.deploy().result;
    const on = await engine.maintenance({ state: "on", reason }).result;
    expect(ending(on)).toBe("0 done");
    const kept: string[] = [];
    for await (const { step, text } of engine.logs({ run: on.log as string })) kept.push(`${step} ${text}`);
    expect(kept.join("")).toMatch(/^maintenance\.on hello \[redacted\]/);
  });

  it("stays recorded where a command fails, on and off, and names the instances", async () => {
    const { engine, away, breakOn, root } = await openMaintained();
    breakOn("web2", "show");
    const on = await engine.maintenance({ state: "on", reason }).result;
    expect(ending(on)).toBe("1 incomplete HWS_MAINTENANCE_FAILED");
    expect(on.error?.message).toContain("web2 (HWS_COMMAND_FAILED)");
    expect(on.next).toEqual([`hawser logs ${on.log}`, "hawser maintenance on --reason TEXT"]);
    expect(on.maintenance).toMatchObject({ why: reason });
    expect(away()).toEqual(["web1"]);
    rmSync(join(root("web2"), "broken-show"));
    breakOn("web1", "take");
    const off = await engine.maintenance({ state: "off" }).result;
    expect(ending(off)).toBe("1 incomplete HWS_MAINTENANCE_FAILED");
    expect(off.error?.message).toContain("web1 (HWS_COMMAND_FAILED)");
    expect(off.maintenance).toEqual(on.maintenance);
    expect((await engine.status().result).maintenance).toEqual(on.maintenance);
    rmSync(join(root("web1"), "broken-take"));
    expect(ending(await engine.maintenance({ state: "off" }).result)).toBe("0 done");
    expect(away()).toEqual([]);
  });

  it("is not turned on where no command leads back", async () => {
    const on = [{ name: "show", run: ": >away", timeoutMs: 10_000 }];
    const { engine, away } = await openMaintained({ maintenance: { on, off: [] } });
    for (const state of ["on", "off"] as const) {
      const refused = await engine.maintenance({ state, reason }).result;
      expect(ending(refused)).toBe("2 untouched HWS_MAINTENANCE_NONE");
      expect(refused.error?.message).toContain("maintenance off");
    }
    expect(away()).toEqual([]);
  });

  it("is refused without commands for it, without a release, and without a reason", async () => {
    const project = await openProject();
    const { engine } = project;
    expect(ending(await engine.maintenance({ state: "on", reason }).result)).toBe(
      "1 untouched HWS_DESIRED_NONE",
    );
    await engine.deploy().result;
    for (const state of ["on", "off"] as const) {
      const refused = await engine.maintenance({ state, reason }).result;
      expect(ending(refused)).toBe("2 untouched HWS_MAINTENANCE_NONE");
      expect(refused.error?.hint).toContain("installer.with.maintenance");
    }
    expect(() => engine.maintenance({ state: "on" })).toThrow(TypeError);
    expect(ending(await engine.maintenance({ state: "on", reason: " " }).result)).toBe(
      "2 untouched HWS_REASON_INVALID",
    );
    expect(await engine.status().result).not.toHaveProperty("maintenance");
  });

  it("waits for no run: it is busy while one is under way", async () => {
    const { engine, write, migrates } = await openMaintained({
      once: { before: [migrating()], after: [] },
    });
    write("web1", "wait");
    const run = engine.deploy();
    await migrates();
    expect(ending(await engine.maintenance({ state: "on", reason }).result)).toBe(
      "75 untouched HWS_LOCK_BUSY",
    );
    write("web1", "go");
    expect(ending(await run.result)).toBe("0 done");
  });
});

describe("maintenance that a person turned on", () => {
  it("outlives a deploy and a rollback: each release is in it before it joins", async () => {
    const { engine, away, ran, current } = await openMaintained();
    await engine.maintenance({ state: "on", reason }).result;
    const result = await engine.deploy().result;
    expect(ending(result)).toBe("0 done");
    expect(result.maintenance).toMatchObject({ why: reason });
    expect(away()).toEqual(["web1", "web2"]);
    expect(ran("web1")).toEqual(["show 000001", "show 000002"]);
    expect(ending(await engine.rollback().result)).toBe("0 done");
    expect(current()).toEqual(["000001", "000001"]);
    expect(away()).toEqual(["web1", "web2"]);
    expect(ending(await engine.maintenance({ state: "off" }).result)).toBe("0 done");
    expect(away()).toEqual([]);
  });

  it("is taken out of a release that is returned to with its mark in it", async () => {
    const { engine, away, current } = await openMaintained();
    await engine.maintenance({ state: "on", reason }).result;
    await engine.deploy().result;
    await engine.maintenance({ state: "off" }).result;
    expect(ending(await engine.rollback().result)).toBe("0 done");
    expect(current()).toEqual(["000001", "000001"]);
    expect(away()).toEqual([]);
  });

  it("is told to a newcomer before it joins, and to one that came up by itself", async () => {
    const project = await openMaintained();
    const { engine, away, appear, member, ran } = project;
    await engine.maintenance({ state: "on", reason }).result;
    appear("web9");
    expect(ending(await engine.reconcile().result)).toBe("0 done");
    expect(away()).toEqual(["web1", "web2", "web9"]);
    expect(await member("web9")).toBe("in");
    // Out with the right release, as after its boot script: reconcile has nothing to switch.
    rmSync(join(project.root("web9"), "current/away"));
    const [instance] = (await project.inventory.list(anOperation)).filter(({ id }) => id === "web9");
    await project.balancer.ensure(
      { instance: instance as Instance, state: "absent", drainTimeoutMs: 0, onDrainTimeout: "force" },
      anOperation,
    );
    expect(ending(await engine.reconcile().result)).toBe("0 done");
    expect(await member("web9")).toBe("in");
    expect(away()).toEqual(["web1", "web2", "web9"]);
    expect(new Set(ran("web9"))).toEqual(new Set(["show 000001"]));
  });
});

it("a plan that lost its commands meanwhile keeps nobody in maintenance for ever", async () => {
  const { engine, engineWith } = await openMaintained();
  await engine.maintenance({ state: "on", reason }).result;
  const plain = await engineWith({
    installer: given("installer", new MemoryInstaller({ generated: maintenancePlan.generated ?? [] })),
  });
  expect(ending(await plain.deploy().result)).toBe("0 done");
  expect(ending(await plain.maintenance({ state: "off" }).result)).toBe("0 done");
  expect(await plain.status().result).not.toHaveProperty("maintenance");
});
