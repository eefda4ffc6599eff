import { HawserError, type OperationContext, type Storage } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/index.ts";
import { ended, ending, given, openProject } from "./fixtures/project.ts";

type Answer = (context: OperationContext) => Promise<never>;

const hangs: Answer = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
const refuses: Answer = async () => {
  throw new HawserError("HWS_STORAGE_UNREACHABLE", "connect ECONNREFUSED", { retryable: true });
};

const storageThat = (answer: Answer): Storage => ({
  get: (_, context) => answer(context),
  stat: (_, context) => answer(context),
  list: async function* (_, context) {
    yield await answer(context);
  },
  put: (_, context) => answer(context),
  delete: (_, context) => answer(context),
});

/** A fleet that runs a release, and an engine whose storage has gone since. */
const withStorage = async (answer: Answer) => {
  const project = await openProject({ instances: 1 });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const engine: Engine = await createEngine(
    { ...project.config, storage: given("storage", storageThat(answer)) },
    {
      baseDirectory: project.root(""),
      cacheDirectory: project.root("cache"),
      // Who refuses has spoken before: when the engine has tried often enough.
      answerLimitMs: answer === hangs ? 400 : 10_000,
    },
  );
  return { project, engine };
};

describe.each([
  ["hangs", hangs, "HWS_STORAGE_SILENT"],
  ["refuses", refuses, "HWS_STORAGE_UNREACHABLE"],
])("with a storage that %s", (_, answer, code) => {
  it("status says what the instances and the load balancer show, and that what is desired is unknown", async () => {
    const { engine } = await withStorage(answer);
    const { result } = await ended(engine.status());
    expect(result).toMatchObject({
      exitCode: 4,
      outcome: "untouched",
      desired: "unknown",
      error: { code },
      instances: [{ id: "web1", release: "000001", state: "active", loadBalancer: "in", healthy: "yes" }],
    });
  });

  it("plan could not look, and a deploy ends untouched before it holds the lock", async () => {
    const { engine, project } = await withStorage(answer);
    expect(ending(await engine.plan().result)).toBe(`4 untouched ${code}`);
    const { result } = await ended(engine.deploy());
    expect(ending(result)).toBe(`1 untouched ${code}`);
    expect(result.run).toBeNull();
    expect(result.next).toEqual(["hawser status"]);
    expect(project.current()).toEqual(["000001"]);
  });
});

it("a deploy that storage leaves without an answer says what it waits for, since when and until when", async () => {
  const { engine } = await withStorage(hangs);
  const { events, result } = await ended(engine.deploy());
  const waiting = events.filter((event) => event.type === "waiting");
  expect(waiting).toMatchObject([{ what: "storage to answer", instances: [] }]);
  const [{ since, until, time }] = waiting as [(typeof waiting)[0]];
  expect(until - since).toBe(400);
  expect(time).toBeLessThan(until);
  expect(result.error?.hint).toContain("hawser doctor");
  expect(result.error?.message).toMatch(/did not answer within 0\.4 s \(get shop\/.*lock\)/);
});

it("a cancel ends the wait at once", async () => {
  const { project } = await withStorage(hangs);
  // By the default limit nobody waits for here.
  const engine = await project.engineWith({ storage: given("storage", storageThat(hangs)) });
  const run = engine.deploy();
  for await (const { type } of run) if (type === "start") break;
  run.cancel("stop");
  expect(ending(await run.result)).toBe("130 interrupted HWS_RUN_STOPPED");
});
