import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HawserConfig } from "@hawser/core";
import { startLoad, startToxicProxy, type ToxicProxy } from "@hawser/testkit";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { ending, type HawserEnd, type HawserProcess } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";
import { isOpen, until } from "./watching.ts";

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
let proxy: ToxicProxy;
let version = 1;

/** The load balancer through a proxy that can break the runtime API; options beside those that are there. */
const balancing =
  (options: object, rollout: object = {}) =>
  (config: HawserConfig): HawserConfig => ({
    ...config,
    rollout: { maxUnavailable: 1, ...rollout },
    steps: { gate: { after: "drain", use: "./gate.mjs" } },
    loadBalancer: {
      use: "@hawser/lb-haproxy",
      with: {
        socket: `tcp://127.0.0.1:${proxy.port}`,
        backend: stage.haproxy.backend,
        configFile: stage.haproxy.configFile,
        ...options,
      },
    },
  });

beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    haproxy: {
      keepsStates: true,
      backendLines: ["option httpchk GET /health", "option abortonclose"],
    },
    application: (directory) => madeUp(directory, { versions: 12 }),
  });
  proxy = await startToxicProxy({ port: stage.haproxy.socketPort });
  await writeFile(join(stage.folder, "gate.mjs"), gate);
  await stage.configure(balancing({}));
  await goOn();
  expect(ending(await stage.hawser("deploy", "--ref", "v1"))).toBe("0 done");
}, 600_000);
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
});
afterEach(() => proxy.heal());

const deploy = (): HawserProcess => stage.start("deploy", "--ref", `v${++version}`);

const currents = (): (string | null)[] => stage.fleet.instances.map(({ id }) => stage.current(id));

const codes = (end: HawserEnd): string[] => (end.result?.warnings ?? []).map(({ code }) => code);

/** A step between the drain and the switch: it says that it is there, and waits until it may go on. */
const gate = `import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
export default {
  name: "gate",
  where: "waves",
  needs: [],
  gives: {},
  async run() {
    writeFileSync("drained", "");
    while (!existsSync("go")) await sleep(20);
  },
};
`;

/** Starts a deploy and resolves when its first member is drained and not switched. */
const drained = async (): Promise<HawserProcess> => {
  await rm(join(stage.folder, "drained"), { force: true });
  await rm(join(stage.folder, "go"), { force: true });
  const run = deploy();
  await Promise.race([
    until("a member is drained", () => existsSync(join(stage.folder, "drained"))),
    run.ended.then((end) => Promise.reject(new Error(ending(end)))),
  ]);
  return run;
};

const goOn = (): Promise<void> => writeFile(join(stage.folder, "go"), "");

const reloaded = async (options: object): Promise<{ end: HawserEnd; failed: number; errors: unknown[] }> => {
  await stage.configure(balancing(options));
  await using load = startLoad({ url: `${stage.url}/__release`, rate: 50 });
  await load.flowing;
  const run = await drained();
  await stage.haproxy.reload();
  await goOn();
  const end = await run.ended;
  const { failed, errors } = await load.stop();
  return { end, failed, errors: [...errors] };
};

test("a reload in the middle of a deploy loses nothing when the state file is kept: no failed request, no warning", async () => {
  const { socketPath: socket, stateFile } = stage.haproxy;
  const { end, failed, errors } = await reloaded({ socket, stateFile });
  expect(ending(end)).toBe("0 done");
  expect({ failed, errors }).toEqual({ failed: 0, errors: [] });
  expect(codes(end)).toEqual([]);
  expect(await stage.invariants()).toEqual([]);
});

test("a load balancer's API that is down before the drain ends the run with nothing touched", async () => {
  await stage.configure(balancing({}));
  const before = currents();
  const run = deploy();
  await run.event((event) => event.type === "step" && event.step === "stage" && event.phase === "started");
  proxy.refuse();
  const end = await run.ended;
  expect(end).toMatchObject({ exitCode: 1, result: { outcome: "untouched" } });
  expect(end.result?.error).toMatchObject({ code: "HWS_LB_UNREACHABLE" });
  expect(end.result?.error?.message).toContain(`tcp://127.0.0.1:${proxy.port}`);
  expect(currents()).toEqual(before);
  proxy.heal();
  expect(await stage.invariants()).toEqual([]);
});

test("a load balancer's API that is down after the drain is told, and the next run puts the member in again", async () => {
  const before = currents();
  const run = await drained();
  proxy.refuse();
  await goOn();
  const end = await run.ended;
  expect(end).toMatchObject({ exitCode: 1, result: { outcome: "putBack" } });
  expect(end.result?.error).toMatchObject({ code: "HWS_LB_UNREACHABLE", instance: expect.any(String) });
  expect(currents()).toEqual(before);
  // It serves nobody, and the run that took it out stays open: who comes next knows whose drain it is.
  expect(Object.values(await stage.balancer()).sort()).toEqual(["in", "out"]);
  expect(await isOpen(stage)).toBe(true);
  expect(end.result?.next).toContain("hawser deploy --abandon");
  proxy.heal();
  const abandoned = await stage.hawser("deploy", "--abandon");
  expect(abandoned.result?.outcome, ending(abandoned)).toBe("putBack");
  expect(await stage.invariants()).toEqual([]);
  expect(await isOpen(stage)).toBe(false);
});

interface Held {
  readonly over: Promise<"served" | "cut">;
  leave(): void;
}

/** A request to every instance that lasts longer than any drain. */
const heldEverywhere = async (): Promise<readonly Held[]> => {
  const requests = stage.fleet.instances.map(() =>
    get(`${stage.url}/__release?gap=120000`, { agent: false }),
  );
  const held = requests.map((request) => ({
    over: new Promise<"served" | "cut">((resolve) => {
      request.once("response", ({ statusCode }) => resolve(statusCode === 200 ? "served" : "cut"));
      request.once("error", () => resolve("cut"));
    }),
    leave: () => void request.destroy(),
  }));
  await until("every instance serves one", async () => {
    const [head = "", ...rows] = (await stage.haproxy.command("show stat app 4 -1")).trim().split("\n");
    const at = head.split(",").indexOf("scur");
    return rows.every((row) => row.split(",")[at] === "1");
  });
  return held;
};

test("a drain that does not end fails the run with `abort`, cuts nobody and puts the member in again", async () => {
  await stage.configure(balancing({}, { drainTimeoutMs: 1_500, onDrainTimeout: "abort" }));
  const before = currents();
  const requests = await heldEverywhere();
  const end = await deploy().ended;
  expect(end).toMatchObject({ exitCode: 1, result: { outcome: "putBack" } });
  expect(end.result?.error).toMatchObject({ code: "HWS_LB_DRAIN_TIMEOUT", step: "drain" });
  expect(end.result?.error?.message).toContain("1 open");
  expect(currents()).toEqual(before);
  expect(await stage.invariants()).toEqual([]);
  const ends = Promise.race([...requests.map(({ over }) => over), sleep(200).then(() => "open")]);
  expect(await ends).toBe("open");
  for (const request of requests) request.leave();
});

test("a drain that does not end is cut short with `force`, and the run goes on", async () => {
  await stage.configure(balancing({}, { drainTimeoutMs: 1_500, onDrainTimeout: "force" }));
  const requests = await heldEverywhere();
  const end = await deploy().ended;
  expect(ending(end)).toBe("0 done");
  expect(await Promise.all(requests.map(({ over }) => over))).toEqual(["cut", "cut"]);
  expect(await stage.invariants()).toEqual([]);
});

test("without a state file a reload before the switch is made good and told", async () => {
  await rm(stage.haproxy.stateFile, { force: true });
  const { end } = await reloaded({ socket: stage.haproxy.socketPath });
  expect(ending(end)).toBe("0 done");
  expect(codes(end)).toEqual(["HWS_ROLLOUT_READMITTED"]);
  expect(await stage.invariants()).toEqual([]);
});
