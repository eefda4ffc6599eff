import { describe, expect, it } from "vitest";
import type { Change, Engine } from "../../src/index.ts";
import { ending, given, openProject, type Project } from "./fixtures/project.ts";

/** Three deploys and a rollback to the second. */
const lived = async (): Promise<Project> => {
  const project = await openProject({ instances: 1 });
  const { engine, source } = project;
  expect(ending(await engine.deploy().result)).toBe("0 done");
  source.add({ "index.html": "two" }, { label: "v2", message: "Say two" });
  expect(ending(await engine.deploy().result)).toBe("0 done");
  source.add({ "index.html": "three" }, { label: "v3", message: "Say three" });
  expect(ending(await engine.deploy().result)).toBe("0 done");
  expect(ending(await engine.rollback().result)).toBe("0 done");
  return project;
};

const messages = (changes: readonly Change[] | undefined) => changes?.map(({ message }) => message);

describe("the commits in the history", () => {
  it("are those that each run brought, and those that it took back", async () => {
    const { engine } = await lived();
    const told = await engine.history({ changes: true });
    expect(told.map(({ changes, takenBack }) => [messages(changes), messages(takenBack)])).toEqual([
      [[], ["Say three"]],
      [["Say three"], undefined],
      [["Say two"], undefined],
      [undefined, undefined],
    ]);
    expect(told.every(({ unknown }) => unknown === undefined)).toBe(true);
  });

  it("are not looked for unless they are asked for", async () => {
    const { engineWith } = await lived();
    const changes = () => Promise.reject(new Error("nobody asked"));
    const other = await engineWith({ source: given("source", { changes } as never) });
    for (const entry of await other.history()) expect(entry).not.toHaveProperty("changes");
  });

  it("are said to be unknown where the source fails, which is no failure", async () => {
    const { engineWith, source } = await lived();
    const changes = () => Promise.reject(new Error("this commit is gone"));
    const other = await engineWith({
      source: given("source", { resolve: source.resolve, changes } as never),
    });
    const [rollback, third] = await other.history({ changes: true });
    for (const entry of [rollback, third]) {
      expect(entry?.changes).toEqual([]);
      expect(entry?.unknown).toContain("this commit is gone");
    }
  });

  it("of a release that is not stored any more are said to be unknown", async () => {
    const { engine, storage } = await lived();
    await storage.delete({ key: "shop/releases/000001/record" }, {
      signal: new AbortController().signal,
    } as never);
    const second = (await engine.history({ changes: true })).find(
      ({ to, verb }) => to === "000002" && verb === "deploy",
    );
    expect(second?.unknown).toContain("000001");
  });

  it("that were taken back are not guessed where the source has told as many as it may", async () => {
    const { engineWith } = await lived();
    const all = Array.from({ length: 200 }, (_, index) => ({ id: `c${index}`, message: "one of many" }));
    const other = await engineWith({ source: given("source", { changes: async () => all } as never) });
    const [entry] = await other.history({ changes: true, limit: 1 });
    expect(entry).not.toHaveProperty("takenBack");
  });

  it("are fifty of a run at most, each cut to a line", async () => {
    const { engineWith } = await lived();
    const many = Array.from({ length: 200 }, (_, index) => ({
      id: `c${index}`,
      author: "a".repeat(5_000),
      message: "m".repeat(5_000),
    }));
    const other = await engineWith({ source: given("source", { changes: async () => many } as never) });
    const [entry] = await other.history({ changes: true, limit: 1 });
    expect(entry?.changes).toHaveLength(50);
    expect(entry?.changes?.[0]?.id).toBe("c0");
    expect(entry?.changes?.[0]?.message).toHaveLength(500);
    expect(entry?.changes?.[0]?.author).toHaveLength(200);
  });
});

const verbs = async (engine: Engine, request: Parameters<Engine["history"]>[0]) =>
  (await engine.history(request)).map(({ verb, to }) => `${verb} ${to}`);

describe("the history", () => {
  it("is asked for by verb, outcome, time and number", async () => {
    const { engine } = await lived();
    await engine.pin({ release: "000001" });
    expect(await verbs(engine, { verb: "rollback" })).toEqual(["rollback 000002"]);
    expect(await verbs(engine, { outcome: "noted" })).toEqual(["pin 000001"]);
    expect(await verbs(engine, { outcome: "putBack" })).toEqual([]);
    expect(await verbs(engine, { verb: "deploy", limit: 2 })).toEqual(["deploy 000003", "deploy 000002"]);
    const [, third] = await engine.history({ verb: "deploy" });
    expect(await verbs(engine, { verb: "deploy", since: third?.started ?? 0 })).toEqual([
      "deploy 000003",
      "deploy 000002",
    ]);
    expect(await verbs(engine, { since: Date.now() + 60_000 })).toEqual([]);
  });
});

describe("the stored releases", () => {
  it("are asked for by revision, by what was proved, by what is in service, time and number", async () => {
    const { engine } = await lived();
    const ids = async (request: Parameters<Engine["releases"]>[0]) =>
      (await engine.releases(request)).map(({ id }) => id);
    const [, second] = await engine.releases();
    expect(await ids({})).toEqual(["000003", "000002", "000001"]);
    expect(await ids({ revision: "v2" })).toEqual(["000002"]);
    expect(await ids({ revision: second?.revision.slice(0, 8) ?? "" })).toEqual(["000002"]);
    expect(await ids({ revision: second?.revision.slice(0, 3) ?? "" })).toEqual([]);
    expect(await ids({ good: true })).toEqual(["000002", "000001"]);
    expect(await ids({ bad: true })).toEqual(["000003"]);
    expect(await ids({ inService: true })).toEqual(["000002"]);
    expect(await ids({ inService: false, limit: 1 })).toEqual(["000003"]);
    expect(await ids({ since: Date.now() + 60_000 })).toEqual([]);
  });
});
