import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { testDirectory } from "@hawser/testkit";
import { afterEach, expect, it } from "vitest";
import type { Rollout, RunEvent } from "../../src/index.ts";
import { ended, ending, openProject, type Project } from "./fixtures/project.ts";

const inService = async (rollout: Partial<Rollout>): Promise<Project> => {
  const project = await openProject({ instances: 3, config: { rollout: { waves: [1, 2, "100%"] } } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  return { ...project, engine: await project.engineWith({ rollout: { waves: [1, 2, "100%"], ...rollout } }) };
};

const pausing = (event: RunEvent): boolean =>
  event.type === "waiting" && event.what.startsWith("the end of the pause");

let server: Server | undefined;
afterEach(() => void server?.close());

it("pauses between waves, never after the last, and says until when", async () => {
  const { engine, current } = await inService({ pause: { 1: "300ms" } });
  const { result, events } = await ended(engine.deploy());
  expect(ending(result)).toBe("0 done");
  const pauses = events.filter(pausing);
  expect(pauses).toMatchObject([{ what: "the end of the pause after wave 1 of 3", instances: ["web1"] }]);
  const [pause] = pauses;
  if (pause?.type === "waiting") expect(pause.until - pause.since).toBe(300);
  expect(current()).toEqual(["000002", "000002", "000002"]);
});

it("asks the check after each wave but the last, with what it is about in the environment", async () => {
  const seen = join(testDirectory("hawser-canary-"), "seen");
  const text = `printf '%s\\n' "$HAWSER_WAVE/$HAWSER_WAVES $HAWSER_RELEASE $HAWSER_INSTANCES" >>'${seen}'; echo looked`;
  const { engine } = await inService({ check: { command: text } });
  const { result, events } = await ended(engine.deploy());
  expect(ending(result)).toBe("0 done");
  expect(readFileSync(seen, "utf8")).toBe("1/3 000002 web1\n2/3 000002 web2\n");
  expect(events).toContainEqual(expect.objectContaining({ instance: "deployer", text: "looked\n" }));
  const kept: string[] = [];
  for await (const entry of engine.logs({ instance: "deployer" })) kept.push(entry.text);
  expect(kept).toEqual(["looked\n", "looked\n"]);
});

it("puts everything back when the check fails, and says after which wave and why", async () => {
  const { engine, current, balancer, inventory } = await inService({
    check: { command: 'echo too many errors; [ "$HAWSER_WAVE" = 1 ]' },
  });
  const result = await engine.deploy().result;
  expect(ending(result)).toBe("1 putBack HWS_ROLLOUT_CHECK_FAILED");
  expect(result.error?.message).toContain("after wave 2");
  expect(result.error?.output).toContain("too many errors");
  expect(current()).toEqual(["000001", "000001", "000001"]);
  const instances = await inventory.list({ signal: new AbortController().signal } as never);
  expect((await balancer.states({ instances })).map(({ state }) => state)).toEqual(["in", "in", "in"]);
});

it("asks a URL until it answers well, and gives up at the limit", async () => {
  let asked = 0;
  server = createServer((_, answer) => {
    asked += 1;
    answer.writeHead(asked === 1 ? 503 : 200).end(asked < 4 ? "all is well" : "errors: 7 %");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/canary`;
  const { engine, current } = await inService({ check: { http, body: "all is well", timeoutMs: 1_500 } });
  expect(ending(await engine.deploy().result)).toBe("0 done");
  asked = 10;
  const back = await engine.rollback().result;
  expect(ending(back)).toBe("0 done");
  expect(asked).toBe(10);
  expect(ending(await engine.deploy({ allowBad: true }).result)).toBe("1 putBack HWS_ROLLOUT_CHECK_FAILED");
  expect(current()).toEqual(["000001", "000001", "000001"]);
});

it("puts back at a cancel in the pause, and stops in it at once when it is told to", async () => {
  const { engine, current } = await inService({ pause: "1h" });
  for (const [how, end] of [
    ["putBack", "130 putBack HWS_RUN_CANCELLED"],
    ["stop", "130 interrupted HWS_RUN_STOPPED"],
  ] as const) {
    const run = engine.deploy();
    for await (const event of run) if (pausing(event)) run.cancel(how);
    expect(ending(await run.result)).toBe(end);
  }
  expect(current()).toEqual(["000002", "000001", "000001"]);
});

it("ends open at a hold in the pause; resume goes on, and passes what was passed only once", async () => {
  const folder = testDirectory("hawser-canary-");
  const seen = join(folder, "seen");
  const check = { command: `echo "$HAWSER_WAVE" >>'${seen}'; [ ! -e '${folder}/stop' ] || kill -9 $$` };
  const project = await inService({ pause: { 2: "1h" }, check });
  const run = project.engine.deploy();
  for await (const event of run) if (pausing(event)) await project.engine.hold({ reason: "the sale begins" });
  expect(ending(await run.result)).toBe("75 interrupted HWS_HOLD_HELD");
  expect(project.current()).toEqual(["000002", "000002", "000001"]);
  await project.engine.unhold();
  const quick = await project.engineWith({ rollout: { waves: [1, 2, "100%"], pause: { 2: "10ms" }, check } });
  expect(ending(await quick.deploy({ resume: true }).result)).toBe("0 done");
  expect(project.current()).toEqual(["000002", "000002", "000002"]);
  expect(readFileSync(seen, "utf8")).toBe("1\n2\n");
  expect(existsSync(join(folder, "stop"))).toBe(false);
  writeFileSync(join(folder, "stop"), "");
});
