import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createEngine, definePlugin } from "../../src/index.ts";
import { operation } from "../state/storages.ts";
import { ending, given, openProject, type Project } from "./fixtures/project.ts";
import { openTwoEnvironments } from "./fixtures/two-environments.ts";

/** Waits in the second release until there is a file `go`. */
const wait = {
  name: "wait",
  run: 'if [ "$HAWSER_RELEASE" != 000001 ]; then : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi',
  timeoutMs: 20_000,
};

/** Two instances at the first release, and a deploy of the second that waits in its first wave. */
const inWave = async (): Promise<{ project: Project; run: ReturnType<Project["engine"]["deploy"]> }> => {
  const project = await openProject({
    plan: { activate: [wait] },
    config: { rollout: { waves: [1, "100%"] } },
  });
  expect(ending(await project.engine.deploy({ message: "the first" }).result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  const run = project.engine.deploy({ message: "the second" });
  while (!existsSync(join(project.root("web1"), "waits"))) await sleep(20);
  return { project, run };
};

const letGo = ({ root }: Project): void => {
  for (const id of ["web1", "web2"]) writeFileSync(join(root(id), "go"), "");
};

const storeText = async ({ storage }: Project, key: string, text: string): Promise<void> => {
  const body = Buffer.from(text);
  await storage.put({ key, body, sizeBytes: body.length }, operation());
};

describe("an overview", () => {
  it("says that nothing was put into service yet", async () => {
    const { engine } = await openProject();
    expect(await engine.overview()).toEqual({
      application: "shop",
      environment: "",
      desired: null,
      drains: [],
      instances: null,
      runs: [],
      next: [],
      warnings: [],
    });
  });

  it("says what is desired, who put it there, what it was made of, and who serves", async () => {
    const { engine } = await openProject();
    const { run } = await engine.deploy({ message: "first light" }).result;
    const { desired, instances, runs, lock, open } = await engine.overview();
    expect(desired).toMatchObject({
      release: "000001",
      version: 1,
      previous: null,
      run,
      verb: "deploy",
      who: expect.any(String),
      message: "first light",
      label: "v1",
      revision: expect.any(String),
    });
    expect(instances).toEqual([
      { id: "web1", roles: ["web"] },
      { id: "web2", roles: ["web"] },
    ]);
    expect(runs).toMatchObject([{ run, verb: "deploy", outcome: "done", message: "first light" }]);
    expect([lock, open]).toEqual([undefined, undefined]);
  });

  it("says who works on which run and where it is, and is told no next command then", async () => {
    const { project, run } = await inWave();
    const { lock, open, next } = await project.engine.overview();
    expect(open).toMatchObject({
      run: "000002",
      verb: "deploy",
      message: "the second",
      from: "000001",
      underWay: true,
    });
    expect(lock).toMatchObject({ run: "000002", verb: "deploy", pid: process.pid, id: expect.any(String) });
    expect(next).toEqual([]);
    letGo(project);
    expect(ending(await run.result)).toBe("0 done");
  });

  it("says that a run was left open, and what to do", async () => {
    const { project, run } = await inWave();
    run.cancel("stop");
    letGo(project);
    expect((await run.result).open).toBe(true);
    const { open, lock, next } = await project.engine.overview();
    expect(open).toMatchObject({ run: "000002", underWay: false });
    expect(lock).toBeUndefined();
    expect(next).toContain("hawser deploy --resume");
  });

  it("says what people said of the environment", async () => {
    const { engine } = await openProject();
    await engine.deploy().result;
    await engine.hold({ reason: "the sale" });
    await engine.drain({ instances: ["web2"], reason: "a new disk" }).result;
    const { hold, drains } = await engine.overview();
    expect(hold).toMatchObject({ why: "the sale" });
    expect(drains).toMatchObject([{ instance: "web2", why: "a new disk" }]);
  });

  it("tells the rest when one object is damaged, and what is damaged", async () => {
    const project = await openProject();
    await project.engine.deploy().result;
    await storeText(project, "shop/top/hold", "no document");
    const found = await project.engine.overview();
    expect(found.desired?.release).toBe("000001");
    expect(found.warnings).toMatchObject([
      { code: "HWS_STATE_CORRUPT", message: expect.stringContaining("top/hold") },
    ]);
    await storeText(project, "shop/top/desired", "nor this");
    expect("desired" in (await project.engine.overview())).toBe(false);
  });

  it("fails when storage does not answer", async () => {
    const { engineWith, storage } = await openProject();
    storage.get = () => Promise.reject(new Error("no route"));
    const engine = await engineWith({});
    await expect(engine.overview()).rejects.toThrow("no route");
  });

  it("makes no provider but the storage, as what is kept of runs is read", async () => {
    const { config } = await openProject();
    const transport = definePlugin({
      kind: "transport",
      name: "test-transport",
      schema: { type: "object", properties: {}, additionalProperties: false },
      create: () => Promise.reject(new Error("there is no key here")),
    });
    const engine = await createEngine({ ...config, transport: { use: transport } });
    expect((await engine.overview()).desired).toBeNull();
    for await (const event of engine.events()) expect(event).toBe("none was made");
    for await (const entry of engine.logs()) expect(entry).toBe("none was made");
  });
});

describe("the environments", () => {
  it("are those of the config, in its order", async () => {
    const { engine } = await openTwoEnvironments();
    expect(await engine.environments()).toEqual(["staging", "production"]);
    await engine.deploy({ environment: "staging" }).result;
    expect((await engine.overview({ environment: "staging" })).desired?.release).toBe("000001");
    expect((await engine.overview({ environment: "production" })).desired).toBeNull();
  });

  it("are the top level alone when none is defined, whatever else is wrong with the config", async () => {
    const engine = await createEngine({ app: "shop", storage: given("storage", {} as never), sauce: 1 });
    expect(await engine.environments()).toEqual([""]);
  });
});
