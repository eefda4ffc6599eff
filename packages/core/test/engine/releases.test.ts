import { expect, it } from "vitest";
import { ended, ending, openProject } from "./fixtures/project.ts";

it("goes forward, stands still, and rolls back further with each rollback; what it left is asked for by name", async () => {
  const { engine, source, current } = await openProject({ instances: 1 });
  const deploy = async (request = {}) => ending(await engine.deploy(request).result);
  const rollback = async (request = {}) => ending(await engine.rollback(request).result);

  expect(await deploy()).toBe("0 done");
  source.add({ "index.html": "two" }, { label: "v2" });
  expect(await deploy()).toBe("0 done");
  expect(await deploy()).toBe("0 unchanged");
  source.add({ "index.html": "three" }, { label: "v3" });
  expect(await deploy()).toBe("0 done");
  expect(current()).toEqual(["000003"]);

  expect(await rollback()).toBe("0 done");
  expect(current()).toEqual(["000002"]);
  expect(await rollback()).toBe("0 done");
  expect(current()).toEqual(["000001"]);
  expect(await rollback()).toBe("1 untouched HWS_ROLLBACK_NO_TARGET");

  expect(await deploy({ ref: "v2" })).toBe("1 untouched HWS_RELEASE_BAD");
  expect(await deploy({ release: "000003" })).toBe("1 untouched HWS_RELEASE_BAD");
  expect(await rollback({ to: "000002" })).toBe("1 untouched HWS_RELEASE_BAD");
  expect(current()).toEqual(["000001"]);
  expect(await deploy({ release: "000003", allowBad: true })).toBe("0 done");
  expect(current()).toEqual(["000003"]);

  const releases = await engine.releases();
  expect(releases.map(({ id, good, bad, inService }) => [id, good, bad, inService])).toEqual([
    ["000003", true, false, ["top level"]],
    ["000002", false, true, []],
    ["000001", true, false, []],
  ]);
  const [last] = await engine.history({ limit: 1 });
  expect(last).toMatchObject({ verb: "deploy", from: "000001", to: "000003", outcome: "done" });
});

it("tells the same story in its events and its result", async () => {
  const { engine, source } = await openProject({
    instances: 2,
    plan: { install: [{ name: "warm", run: "true", timeoutMs: 10_000 }] },
    config: { rollout: { waves: [1, "100%"] } },
  });
  const { events, result } = await ended(engine.deploy({ message: "first light" }));
  expect(events.at(-1)).toEqual({ ...result, time: expect.any(Number) });
  expect(result).toMatchObject({
    type: "result",
    ok: true,
    verb: "deploy",
    application: "shop",
    environment: "",
    run: "000001",
    release: "000001",
    from: null,
    desired: "000001",
    revision: (await source.resolve({}, { signal: new AbortController().signal } as never)).id,
    artifact: expect.stringMatching(/^sha256-[0-9a-f]{64}$/),
    ran: [],
    next: [],
    warnings: [],
  });
  const told = events.filter(({ type }) => type !== "progress" && type !== "instance");
  expect(
    told.map((event) => ("phase" in event && "step" in event ? `${event.step} ${event.phase}` : event.type)),
  ).toEqual([
    "start",
    "run",
    ...["resolve", "fetch", "prepare", "pack", "survey", "store", "stage", "install", "once.before"].flatMap(
      (step) => [`${step} started`, `${step} done`],
    ),
    ...["wave-1", "wave-2"].flatMap((wave) => ["wave", `${wave} started`, `${wave} done`, "wave"]),
    ...["publish", "once.after", "prune"].flatMap((step) => [`${step} started`, `${step} done`]),
    "result",
  ]);
  const states = events.flatMap((event) =>
    event.type === "instance" && event.instance === "web2" ? [event.state] : [],
  );
  expect([...new Set(states)]).toEqual([
    "surveyed",
    "staging",
    "staged",
    "installing",
    "ready",
    "draining",
    "switching",
    "joining",
    "active",
  ]);
  const times = events.map(({ time }) => time);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
