import { setTimeout as sleep } from "node:timers/promises";
import type { Heard, Inventory, Moment, Storage } from "@hawser/core/plugin";
import { MemoryListener } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { createEngine, type HawserConfig, HawserError } from "../../src/index.ts";
import { OnceLock } from "../../src/state/lock.ts";
import { context } from "../signing/keys.ts";
import { openServing, until } from "./fixtures/elastic.ts";
import { ending, given, openProject, type Project, type ProjectOptions } from "./fixtures/project.ts";

const moments = (listener: MemoryListener): string[] =>
  listener.heard.filter((heard) => heard.moments.length > 0).map((heard) => heard.moments.join(" "));

const listening = (listener: MemoryListener, on?: readonly Heard[]): Partial<HawserConfig> => ({
  listeners: [{ ...given("listener", listener), ...(on !== undefined && { on }) }],
});

/** A project whose listener has heard the first deploy already, and forgotten it. */
const inService = async (
  options: ProjectOptions = {},
): Promise<{ project: Project; listener: MemoryListener; heard: () => Promise<string[]> }> => {
  const listener = new MemoryListener();
  const project = await openProject({ ...options, config: { ...options.config, ...listening(listener) } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  await project.engine[Symbol.asyncDispose]();
  expect(moments(listener)).toEqual(["started", "done"]);
  listener.heard.length = 0;
  project.source.add({ "index.html": "two" }, { label: "v2" });
  const heard = async () => {
    await project.engine[Symbol.asyncDispose]();
    return moments(listener);
  };
  return { project, listener, heard };
};

describe("the moments of a run", () => {
  it("that has nothing to change are started and unchanged", async () => {
    const { project, heard } = await inService();
    expect(ending(await project.engine.deploy({ ref: "v1" }).result)).toBe("0 unchanged");
    expect(await heard()).toEqual(["started", "unchanged"]);
  });

  it("that fails before anything was switched are started and failed", async () => {
    const install = { name: "warm", run: 'test "$HAWSER_RELEASE" = 000001', timeoutMs: 20_000 };
    const { project, heard } = await inService({ plan: { install: [install] } });
    expect((await project.engine.deploy().result).outcome).toBe("untouched");
    expect(await heard()).toEqual(["started", "failed"]);
  });

  it("that is put back are started and failed with putBack", async () => {
    const check = { command: 'test "$HAWSER_RELEASE" = 000001', timeoutMs: 100, stableMs: 0 };
    const { project, listener, heard } = await inService({ plan: { check } });
    expect((await project.engine.deploy().result).outcome).toBe("putBack");
    expect(await heard()).toEqual(["started", "failed putBack"]);
    expect(listener.heard.at(-1)).toMatchObject({
      event: { type: "result", error: { code: "HWS_CHECK_FAILED" } },
      subject: {
        application: "shop",
        environment: "",
        verb: "deploy",
        run: "000002",
        release: "000002",
        from: "000001",
        who: { user: expect.any(String), host: expect.any(String) },
      },
    });
  });

  it("come with the revision and the release as soon as a step has told them", async () => {
    const { project, listener, heard } = await inService();
    const result = await project.engine.deploy().result;
    await heard();
    const known = (type: string, step?: string) => {
      const found = listener.heard.find(
        ({ event }) =>
          event.type === type &&
          (step === undefined || (event.type === "step" && event.step === step && event.phase === "done")),
      );
      return [found?.subject.revision, found?.subject.release];
    };
    expect(known("run")).toEqual([null, null]);
    expect(known("step", "resolve")).toEqual([result.revision, null]);
    expect(known("step", "store")).toEqual([result.revision, result.release]);
    expect(known("wave")).toEqual([result.revision, result.release]);
  });

  it("that rolls back are started and done with rolledBack", async () => {
    const { project, heard } = await inService();
    expect(ending(await project.engine.deploy().result)).toBe("0 done");
    expect(ending(await project.engine.rollback().result)).toBe("0 done");
    expect(await heard()).toEqual(["started", "done", "started", "done rolledBack"]);
  });

  it("that is stopped are interrupted, and stuck since it stays open", async () => {
    const wait = { name: "wait", run: 'test "$HAWSER_RELEASE" = 000001 || sleep 20', timeoutMs: 30_000 };
    const { project, heard } = await inService({ plan: { activate: [wait] } });
    const run = project.engine.deploy();
    for await (const event of run) if (event.type === "instance" && event.state === "switching") break;
    run.cancel("stop");
    const result = await run.result;
    expect(result).toMatchObject({ outcome: "interrupted", open: true });
    expect(await heard()).toEqual(["started", "failed interrupted stuck"]);
  });

  it("that a hold stops are failed and held", async () => {
    const { project, heard } = await inService();
    await project.engine.hold({ reason: "the sale" });
    expect((await project.engine.deploy().result).exitCode).toBe(75);
    expect(await heard()).toEqual(["failed held"]);
  });

  it("that cannot even begin are failed", async () => {
    const { project, listener } = await inService();
    const inventory = {
      ...given("inventory", project.inventory),
      use: {
        ...(given("inventory", project.inventory).use as object),
        create: async () => {
          throw new Error("the cloud is closed");
        },
      },
    };
    const engine = await project.engineWith({ inventory: inventory as never });
    expect((await engine.deploy().result).outcome).toBe("untouched");
    await engine[Symbol.asyncDispose]();
    expect(moments(listener)).toEqual(["failed"]);
  });

  it("are none of what only looks", async () => {
    const { project, heard } = await inService();
    await project.engine.status().result;
    await project.engine.plan().result;
    await project.engine.deploy({ dryRun: true }).result;
    expect(await heard()).toEqual([]);
  });
});

describe("a listener that asks for moments", () => {
  it("hears the events that have one of them, each once", async () => {
    const listener = new MemoryListener();
    const project = await openProject({
      instances: 1,
      config: listening(listener, ["done", "started", "rolledBack"]),
    });
    await project.engine.deploy().result;
    await project.engine[Symbol.asyncDispose]();
    expect(listener.heard.map(({ event }) => event.type)).toEqual(["run", "result"]);
  });

  it("hears what its plugin says where the config says nothing", async () => {
    const listener = new MemoryListener();
    const { use } = given("listener", listener);
    const plugin = { ...(use as object), hears: () => ["done"] };
    const { engine } = await openProject({ instances: 1, config: { listeners: [{ use: plugin as never }] } });
    await engine.deploy().result;
    await engine[Symbol.asyncDispose]();
    expect(listener.heard.map(({ event }) => event.type)).toEqual(["result"]);
  });

  it("is refused a name that is none, with the one that was meant", async () => {
    const config = listening(new MemoryListener(), ["rolledback" as Moment]);
    const { engine } = await openProject({ instances: 1, config });
    await expect(engine.deploy().result).rejects.toMatchObject({
      code: "HWS_CONFIG_INVALID",
      details: { problems: [expect.objectContaining({ hint: "did you mean rolledBack?" })] },
    });
  });
});

describe("a wait", () => {
  /** The storage of a project whose first answer comes late. */
  const lateAt = (first: number, { storage }: Project): Storage => {
    let left = 1;
    const late = async (): Promise<void> => {
      if (left-- > 0) await sleep(first);
    };
    return {
      get: (request, context) => late().then(() => storage.get(request, context)),
      stat: (request, context) => late().then(() => storage.stat(request, context)),
      list: (request, context) => storage.list(request, context),
      put: (request, context) => late().then(() => storage.put(request, context)),
      delete: (request, context) => storage.delete(request, context),
    };
  };

  it("that lasts is told again as stuck, once, and the run goes on", async () => {
    const { project, listener } = await inService();
    const engine = await createEngine(
      { ...project.config, storage: given("storage", lateAt(1_500, project)) },
      {
        baseDirectory: project.root(""),
        cacheDirectory: project.root("cache"),
        answerLimitMs: 4_000,
        stuckAfterMs: 1_200,
      },
    );
    expect(ending(await engine.deploy().result)).toBe("0 done");
    await engine[Symbol.asyncDispose]();
    const waits = listener.heard.filter(({ event }) => event.type === "waiting");
    expect(waits.map((heard) => heard.moments)).toEqual([[], ["stuck"]]);
    expect(waits[1]?.event).toMatchObject({ what: "storage to answer" });
  });

  it("that ended is no longer one, however long the run goes on: a lock that was had", async () => {
    const command = { name: "migrate", run: "sleep 3.5", timeoutMs: 20_000, lock: "database" };
    const listener = new MemoryListener();
    const project = await openProject({
      plan: { once: { before: [command], after: [] } },
      config: listening(listener),
    });
    const options = { baseDirectory: project.root(""), cacheDirectory: project.root("cache") };
    const engine = await createEngine(project.config, { ...options, stuckAfterMs: 3_000 });
    const other = new OnceLock(project.storage, "shop", "database", { ttlMs: 60_000 });
    const held = await other.acquire({ verb: "once", waitMs: 0 }, context);
    const run = engine.deploy();
    for await (const event of run) if (event.type === "waiting") await held.release(context);
    expect(ending(await run.result)).toBe("0 done");
    await engine[Symbol.asyncDispose]();
    expect(moments(listener)).toEqual(["started", "done"]);
  });
});

describe("a watch", () => {
  it("tells a trouble once as failed, and the third turn that fails as stuck", async () => {
    const listener = new MemoryListener();
    const elastic = await openServing();
    let down = true;
    const inventory: Inventory = {
      list: async (context) => {
        if (down) throw new HawserError("HWS_INVENTORY_EMPTY", "the inventory lists no instance");
        return await elastic.inventory.list(context);
      },
    };
    const engine = await elastic.engineWith({
      inventory: given("inventory", inventory),
      ...listening(listener, ["started", "done", "failed", "stuck"]),
    });
    const run = engine.watch({ intervalMs: 100 });
    await until("it is stuck", () => moments(listener).includes("stuck"));
    expect(moments(listener)).toEqual(["failed", "stuck"]);
    expect(listener.heard.map(({ event }) => event)).toMatchObject([
      { type: "warning", code: "HWS_INVENTORY_EMPTY" },
      { type: "warning", code: "HWS_WATCH_STUCK" },
    ]);
    expect(listener.heard[1]?.subject).toMatchObject({ verb: "watch", application: "shop" });
    listener.heard.length = 0;
    down = false;
    elastic.appear("web3");
    await until("what it mended is told", () => moments(listener).includes("done"));
    expect(moments(listener)).toEqual(["started", "done"]);
    run.cancel();
    await run.result;
  });
});
