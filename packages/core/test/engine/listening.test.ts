import { setTimeout as sleep } from "node:timers/promises";
import type { Listener, OperationContext, RunEvent } from "@hawser/core/plugin";
import { MemoryStorage } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { createEngine, definePlugin, type Logger, use } from "../../src/index.ts";
import { ended, ending, given, openProject } from "./fixtures/project.ts";

const heardBy = (on: (event: RunEvent, context: OperationContext) => unknown): Listener => ({
  on: async (event, context) => void (await on(event, context)),
});

describe("who reads a run's events", () => {
  it("may leave without cancelling it, and finds the rest when it comes back", async () => {
    const { engine, current } = await openProject({ instances: 1 });
    const run = engine.deploy();
    for await (const { type } of run) if (type === "run") break;
    expect(ending(await run.result)).toBe("0 done");
    expect(current()).toEqual(["000001"]);
    const rest = await ended(run);
    expect(rest.events.find(({ type }) => type !== "progress" && type !== "instance")).toMatchObject({
      type: "step",
      step: "resolve",
      phase: "started",
    });
    expect(rest.events.at(-1)).toMatchObject({ type: "result", outcome: "done" });
  });

  it("need not be there at all", async () => {
    const { engine } = await openProject({ instances: 1 });
    expect(ending(await engine.deploy().result)).toBe("0 done");
  });
});

describe("a listener", () => {
  it("that throws is told of once, and neither the run nor the others miss anything", async () => {
    const heard: RunEvent[] = [];
    const { engine } = await openProject({
      instances: 1,
      config: {
        listeners: [
          given("listener", {
            on: () => {
              throw new Error("no line to the chat");
            },
          }),
          given(
            "listener",
            heardBy((event) => heard.push(event)),
          ),
        ],
      },
    });
    const { events, result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    const failures = result.warnings.filter(({ code }) => code === "HWS_LISTENER_FAILED");
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining("no line to the chat")]);
    expect(
      events.filter((event) => event.type === "warning" && event.code === failures[0]?.code),
    ).toHaveLength(1);
    expect(heard).toEqual(events);
  });

  it("that hangs does not hold the result back", async () => {
    let last: AbortSignal | undefined;
    const { engine } = await openProject({
      instances: 1,
      config: {
        listeners: [
          given("listener", {
            on: (_event, { signal }) => {
              last = signal;
              return new Promise(() => {});
            },
          }),
        ],
      },
    });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    // Its own limit has not come: nothing waited for it.
    expect(last?.aborted).toBe(false);
  });

  it("is given the time to end what it began before the engine is disposed", async () => {
    const told: string[] = [];
    const { engine } = await openProject({
      instances: 1,
      config: {
        listeners: [
          given(
            "listener",
            heardBy(async ({ type }) => {
              if (type !== "result") return;
              await sleep(200);
              told.push(type);
            }),
          ),
        ],
      },
    });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    expect(told).toEqual([]);
    await engine[Symbol.asyncDispose]();
    expect(told).toEqual(["result"]);
  });

  it("hears only the types of events that it asked for", async () => {
    const heard: string[] = [];
    const listener = {
      ...given(
        "listener",
        heardBy(({ type }) => heard.push(type)),
      ),
      on: ["run", "result"] as const,
    };
    const { engine } = await openProject({ instances: 1, config: { listeners: [listener] } });
    await engine.deploy().result;
    await engine[Symbol.asyncDispose]();
    expect(heard).toEqual(["run", "result"]);
  });
});

describe("what an engine holds", () => {
  const disposable = (storage: MemoryStorage, disposed: () => Promise<void>) =>
    given("storage", Object.assign(storage, { [Symbol.asyncDispose]: disposed }));
  const failing = definePlugin({
    kind: "inventory",
    name: "test-inventory",
    schema: { type: "object", properties: {}, additionalProperties: false },
    create: async () => {
      throw new Error("the cloud is closed");
    },
  });

  it("is freed after a failed start too, and the failure is a result", async () => {
    let freed = 0;
    const storage = disposable(new MemoryStorage(), async () => void freed++);
    const project = await openProject({ instances: 1 });
    const engine = await project.engineWith({ storage, inventory: use(failing, {}) });
    const { events, result } = await ended(engine.deploy());
    expect(ending(result)).toBe("1 untouched HWS_PLUGIN_THREW");
    expect(result.error?.message).toContain("the cloud is closed");
    expect(events.map(({ type }) => type)).toEqual(["start", "result"]);
    expect(freed).toBe(1);
    await engine[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    expect(freed).toBe(1);
  });

  it("is freed when the engine is disposed, which waits for a run that is under way", async () => {
    let freed = 0;
    const project = await openProject({ instances: 1 });
    const engine = await project.engineWith({
      storage: disposable(project.storage, async () => void freed++),
    });
    const run = engine.deploy();
    await engine[Symbol.asyncDispose]();
    expect(freed).toBe(1);
    expect(ending(await run.result)).toBe("0 done");
    expect(project.current()).toEqual(["000001"]);
  });

  it("changes no result when it cannot be freed", async () => {
    const said: string[] = [];
    const logger: Logger = { debug: () => {}, info: () => {}, warn: (message) => void said.push(message) };
    const project = await openProject({ instances: 1 });
    const engine = await createEngine(
      {
        ...project.config,
        storage: disposable(project.storage, async () => {
          throw new Error("it will not let go");
        }),
      },
      { baseDirectory: project.root(""), cacheDirectory: project.root("cache"), logger },
    );
    expect(ending(await engine.deploy().result)).toBe("0 done");
    await engine[Symbol.asyncDispose]();
    expect(said).toEqual([expect.stringContaining("it will not let go")]);
  });
});

it("a config that cannot be meant rejects: it is misuse, and every problem is told at once", async () => {
  const engine = await createEngine({ app: "shop", root: "no/path", kep: 3 });
  await expect(engine.deploy().result).rejects.toMatchObject({
    code: "HWS_CONFIG_INVALID",
    details: { problems: expect.arrayContaining([expect.objectContaining({ code: expect.any(String) })]) },
  });
  expect(() => engine.deploy({ resume: true, abandon: true })).toThrow(TypeError);
  await engine[Symbol.asyncDispose]();
});
