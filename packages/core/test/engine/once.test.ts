import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OnceCommand } from "@hawser/core/plugin";
import { MemoryInstaller } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/index.ts";
import { ended, ending, given, openProject, type Project } from "./fixtures/project.ts";

const timeoutMs = 20_000;
const migrate = (more: Partial<OnceCommand> = {}): OnceCommand => ({
  name: "migrate",
  run: 'echo run >>"$HAWSER_ROOT/said"',
  timeoutMs,
  ...more,
});
const before = (...commands: OnceCommand[]) => ({ once: { before: commands, after: [] } });
const said = ({ root }: Project): string[] =>
  existsSync(join(root("web1"), "said"))
    ? readFileSync(join(root("web1"), "said"), "utf8")
        .trim()
        .split("\n")
    : [];
const withPlan = async (
  project: Project,
  plan: ConstructorParameters<typeof MemoryInstaller>[0],
  more: object = {},
) => await project.engineWith({ installer: given("installer", new MemoryInstaller(plan)), ...more });

describe("needed", () => {
  it("lets a command run when it ends with 0", async () => {
    const project = await openProject({
      plan: before(migrate({ needed: 'echo asked >>"$HAWSER_ROOT/said"' })),
    });
    const result = await project.engine.deploy().result;
    expect([ending(result), result.ran]).toEqual(["0 done", ["migrate on web1"]]);
    expect(said(project)).toEqual(["asked", "run"]);
  });

  it("ends a command with success when it ends with 1: told, not asked again, and nothing is crossed", async () => {
    const needed = 'echo asked >>"$HAWSER_ROOT/said"; exit 1';
    const project = await openProject({ plan: before(migrate({ needed, compatible: false })) });
    expect(ending(await project.engine.deploy().result)).toBe("0 done");
    project.source.add({ "index.html": "two" }, { label: "v2" });
    const { events, result } = await ended(project.engine.deploy());
    expect([ending(result), result.ran]).toEqual(["0 done", []]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "step", step: "once.before", phase: "skipped" }),
    );
    expect(ending(await project.engine.rollback().result)).toBe("0 done");
    expect(ending(await project.engine.deploy({ release: "000002", allowBad: true }).result)).toBe("0 done");
    expect(said(project)).toEqual(["asked", "asked"]);
  });

  it("fails the run when it ends with anything else, and is asked again by the next", async () => {
    const needed = 'if [ -e "$HAWSER_ROOT/well" ]; then exit 1; fi; echo no database; exit 2';
    const project = await openProject({ plan: before(migrate({ needed })) });
    const failed = await project.engine.deploy().result;
    expect(ending(failed)).toBe("1 untouched HWS_ONCE_NEED");
    expect(failed.error?.output).toBe("no database\n");
    writeFileSync(join(project.root("web1"), "well"), "");
    expect(ending(await project.engine.deploy().result)).toBe("0 done");
    expect(said(project)).toEqual([]);
  });
});

describe("lock", () => {
  /** Runs until there is a file `go`. */
  const slow = migrate({
    run: 'echo run >>"$HAWSER_ROOT/said"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done',
    lock: "database",
  });

  /** Two environments of one application on one storage, with instances of their own. */
  const twoEnvironments = async (waitMs: number) => {
    const [one, two] = [
      await openProject({ instances: 1, plan: before(slow) }),
      await openProject({ instances: 1 }),
    ];
    const blocks = { source: one.config.source, storage: one.config.storage };
    const engine = async (project: Project, name: string, plan: object): Promise<Engine> =>
      await withPlan(project, plan, {
        ...blocks,
        environments: { [name]: { inventory: project.config.inventory } },
      });
    const staging = await engine(one, "staging", before(slow));
    const production = await engine(
      two,
      "production",
      before(migrate({ lock: "database", timeoutMs: waitMs })),
    );
    const running = staging.deploy({ environment: "staging" });
    while (said(one).length === 0) await sleep(20);
    const letGo = () => writeFileSync(join(one.root("web1"), "go"), "");
    return { running, production, one, two, letGo };
  };

  it("makes commands of environments that share it take turns, and says who is waited for", async () => {
    const { running, production, two, letGo } = await twoEnvironments(timeoutMs);
    const waiting = production.deploy({ environment: "production" });
    for await (const event of waiting)
      if (event.type === "waiting" && event.what.includes("the lock database")) {
        expect(event.what).toContain("run 000001");
        expect(said(two)).toEqual([]);
        letGo();
      }
    expect(ending(await waiting.result)).toBe("0 done");
    expect(ending(await running.result)).toBe("0 done");
    expect(said(two)).toEqual(["run"]);
  });

  it("is waited for as long as the command may take, and then named with its holder", async () => {
    const { running, production, two, letGo } = await twoEnvironments(300);
    const failed = await production.deploy({ environment: "production" }).result;
    expect(ending(failed)).toBe("1 untouched HWS_ONCE_LOCKED");
    expect(failed.error?.message).toContain("run 000001");
    expect(said(two)).toEqual([]);
    letGo();
    expect(ending(await running.result)).toBe("0 done");
  });

  it("is waited for no longer by a run that is told to end", async () => {
    const { running, production, letGo } = await twoEnvironments(timeoutMs);
    const waiting = production.deploy({ environment: "production" });
    for await (const event of waiting)
      if (event.type === "waiting" && event.what.includes("the lock database")) waiting.cancel();
    expect(ending(await waiting.result)).toBe("130 untouched HWS_RUN_CANCELLED");
    letGo();
    expect(ending(await running.result)).toBe("0 done");
  });

  it("is known to fsck, and a prune leaves it", async () => {
    const { engine, storage } = await openProject({ plan: before(migrate({ lock: "database" })) });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    const context = { signal: new AbortController().signal } as never;
    const key = "shop/locks/database";
    await engine.prune();
    expect(await storage.stat({ key }, context)).toBeDefined();
    expect((await engine.fsck()).problems).toEqual([]);
    await storage.put({ key, body: Buffer.from("{}"), sizeBytes: 2 }, context);
    expect((await engine.fsck()).problems).toMatchObject([{ where: key, state: "damaged" }]);
  });

  it("is freed however the command ends", async () => {
    const project = await openProject({ plan: before(migrate({ run: "exit 3", lock: "database" })) });
    expect(ending(await project.engine.deploy().result)).toBe("1 untouched HWS_COMMAND_FAILED");
    const engine = await withPlan(project, before(migrate({ lock: "database", timeoutMs: 5_000 })));
    const { events, result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(events.filter(({ type }) => type === "waiting")).toEqual([]);
    const bad = await withPlan(project, before(migrate({ lock: "../lock", name: "other" })));
    project.source.add({ "index.html": "two" }, { label: "v2" });
    expect(ending(await bad.deploy().result)).toBe("1 untouched HWS_ONCE_LOCK_NAME");
  });
});
