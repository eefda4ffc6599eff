import { readFile, rm } from "node:fs/promises";
import type { EnsureRequest, Instance, LoadBalancer } from "@hawser/core/plugin";
import {
  operationContext,
  type RunningHaproxy,
  serveAt,
  startFleet,
  startHaproxy,
  startReleaseApp,
  startToxicProxy,
} from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { keep } from "./keep.ts";
import { balancerOf, instance, joined, slotted, startSlottedWeb, startWeb } from "./web-trial.ts";

const ensure = (
  loadBalancer: LoadBalancer,
  whom: Instance,
  state: EnsureRequest["state"],
  context = operationContext(),
) => loadBalancer.ensure({ instance: whom, state, drainTimeoutMs: 10_000, onDrainTimeout: "abort" }, context);

const stateOf = async (loadBalancer: LoadBalancer, whom: Instance) =>
  (await loadBalancer.states({ instances: [whom] }, operationContext()))[0];

const web1 = instance("web1", "127.0.5.1");
const web2 = instance("web2", "127.0.5.2");

const slots = async (count = 4) => {
  const web = keep(await startSlottedWeb(1, count));
  const [haproxy] = web.haproxies as [RunningHaproxy];
  await joined(web, slotted(web));
  return { web, haproxy, loadBalancer: await balancerOf(slotted(web)) };
};

describe("slots", () => {
  it("carry instances that came, through a reload too, and stand empty for those that went", async () => {
    const { haproxy, loadBalancer } = await slots();
    await ensure(loadBalancer, web2, "absent");
    await haproxy.reload();
    expect(await stateOf(loadBalancer, web1)).toMatchObject({ state: "in" });
    expect(await stateOf(loadBalancer, web2)).toMatchObject({ state: "absent" });
    expect(new Set(await serveAt(haproxy.port, 8))).toEqual(new Set(["web1"]));
    expect(await ensure(loadBalancer, web2, "in")).toMatchObject({ state: "in", healthy: "yes" });
    expect(new Set(await serveAt(haproxy.port, 8))).toEqual(new Set(["web1", "web2"]));
  });

  it("keep a drain through a reload", async () => {
    const { haproxy, loadBalancer } = await slots();
    await ensure(loadBalancer, web1, "out");
    await haproxy.reload();
    expect(await stateOf(loadBalancer, web1)).toMatchObject({ state: "out" });
    expect(new Set(await serveAt(haproxy.port, 8))).toEqual(new Set(["web2"]));
  });

  it("are taken by several deployers at once without one losing its instance", async () => {
    const web = keep(await startSlottedWeb(1, 3));
    const deployers = await Promise.all([0, 1, 2, 3].map(() => balancerOf(slotted(web))));
    const members = await Promise.all(
      deployers.map((deployer, at) => ensure(deployer, at % 2 === 0 ? web1 : web2, "in")),
    );
    expect(members.map(({ state }) => state)).toEqual(["in", "in", "in", "in"]);
    const [haproxy] = web.haproxies as [RunningHaproxy];
    expect(new Set(await serveAt(haproxy.port, 12))).toEqual(new Set(["web1", "web2"]));
  });

  it("are HWS_LB_NO_SLOT when all are taken", async () => {
    const { loadBalancer } = await slots(2);
    await expect(ensure(loadBalancer, instance("web3", "127.0.5.3"), "in")).rejects.toMatchObject({
      code: "HWS_LB_NO_SLOT",
    });
  });

  it("need the port, and `doctor` warns of slots that a reload would send astray", async () => {
    const options = { backend: "app", servers: { mode: "slots" } } as const;
    await expect(balancerOf({ ...options, socket: "/s" })).rejects.toMatchObject({ code: "HWS_LB_NO_PORT" });
    const backendLines = ["server-template slot 1-2 0.0.0.0:80 check disabled"];
    const haproxy = keep(await startHaproxy({ servers: [], backendLines }));
    const loadBalancer = await balancerOf({ ...options, socket: haproxy.socketPath, port: 80 });
    expect(await loadBalancer.check?.(operationContext())).toMatchObject([
      { code: "HWS_LB_SLOT_ADDRESS", severity: "warning" },
    ]);
  });
});

describe("a server added at run time", () => {
  it("gets the words of `servers.arguments`", async () => {
    const web = keep(await startWeb());
    const app = keep(await startReleaseApp({ release: "web3" }));
    const [haproxy] = web.haproxies as [RunningHaproxy];
    const loadBalancer = await balancerOf({
      socket: haproxy.socketPath,
      backend: "app",
      port: app.port,
      servers: { mode: "add", arguments: "check inter 100 weight 42" },
    });
    expect(await ensure(loadBalancer, instance("web3"), "in")).toMatchObject({ state: "in" });
    expect(await haproxy.command("show servers state app")).toMatch(/ web3 127\.0\.0\.1 2 \d+ 42 42 /);
  });
});

const weightOf = async (haproxy: RunningHaproxy, server: string): Promise<number> =>
  Number(/^(\d+)/.exec(await haproxy.command(`get weight app/${server}`))?.[1]);

describe("a slow start", () => {
  const slowly = async (everyMs: number) => {
    const web = keep(await startWeb(1, {}, "check inter 200 rise 2 fall 2 weight 100"));
    const [haproxy] = web.haproxies as [RunningHaproxy];
    const slowStart = { steps: [10, 50, 100], everyMs };
    const loadBalancer = await balancerOf({ socket: haproxy.socketPath, backend: "app", slowStart });
    return { haproxy, loadBalancer };
  };

  it("gives a joining member its weight share by share, and ends with the whole", async () => {
    const { haproxy, loadBalancer } = await slowly(300);
    await ensure(loadBalancer, instance("web1"), "out");
    const seen = new Set<number>();
    let done = false;
    const joining = ensure(loadBalancer, instance("web1"), "in").finally(() => {
      done = true;
    });
    while (!done) seen.add(await weightOf(haproxy, "web1"));
    expect(await joining).toMatchObject({ state: "in", healthy: "yes" });
    expect([...seen].filter((weight) => weight < 100)).toEqual([10, 50]);
    expect(await weightOf(haproxy, "web1")).toBe(100);
  });

  it("that was cut off is gone on with by the next call", async () => {
    const { haproxy, loadBalancer } = await slowly(60_000);
    await ensure(loadBalancer, instance("web1"), "out");
    const stop = new AbortController();
    const joining = ensure(loadBalancer, instance("web1"), "in", operationContext({ signal: stop.signal }));
    joining.catch(() => {});
    await expect
      .poll(async () => (await stateOf(loadBalancer, instance("web1")))?.state, { timeout: 20_000 })
      .toBe("in");
    stop.abort();
    await expect(joining).rejects.toThrow();
    expect(await weightOf(haproxy, "web1")).toBe(10);
    const next = await balancerOf({
      socket: haproxy.socketPath,
      backend: "app",
      slowStart: { steps: [10, 50, 100], everyMs: 20 },
    });
    await ensure(next, instance("web1"), "in");
    expect(await weightOf(haproxy, "web1")).toBe(100);
  });

  it("warns of weights that are too small for it, and refuses steps that do not rise to 100", async () => {
    const web = keep(await startWeb());
    const options = { socket: web.haproxies[0]?.socketPath ?? "", backend: "app" };
    const loadBalancer = await balancerOf({ ...options, slowStart: { steps: [10, 100], everyMs: 10 } });
    expect(await loadBalancer.check?.(operationContext())).toMatchObject([{ code: "HWS_LB_LIGHT_WEIGHT" }]);
    for (const steps of [
      [10, 50],
      [50, 10, 100],
      [100, 100],
    ])
      await expect(balancerOf({ ...options, slowStart: { steps, everyMs: 10 } })).rejects.toMatchObject({
        code: "HWS_LB_BAD_STEPS",
      });
  });
});

describe("the state file", () => {
  it("is written through SSH too, whole, and a reload takes it", async () => {
    const web = keep(await startWeb(1, { keepsStates: true }));
    const fleet = keep(await startFleet({ count: 1, isolation: "loopback" }));
    const [machine] = fleet.instances;
    const [haproxy] = web.haproxies as [RunningHaproxy];
    const loadBalancer = await balancerOf({
      socket: `ssh://${fleet.user}@${machine?.address}:${machine?.port}${haproxy.socketPath}`,
      privateKey: fleet.privateKey,
      knownHosts: fleet.knownHosts,
      backend: "app",
      stateFile: haproxy.stateFile,
      configFile: haproxy.configFile,
    });
    keep(loadBalancer as AsyncDisposable);
    expect(await loadBalancer.check?.(operationContext())).toEqual([]);
    await ensure(loadBalancer, instance("web1"), "out");
    expect(await readFile(haproxy.stateFile, "utf8")).toMatch(/^1\n# be_id [\s\S]* web1 [\s\S]*\n\n$/);
    await haproxy.reload();
    expect(await stateOf(loadBalancer, instance("web1"))).toMatchObject({ state: "out" });
  });

  it("that cannot be written is an error of the check, and a warning of a run", async () => {
    const web = keep(await startWeb(1, { keepsStates: true }));
    const [haproxy] = web.haproxies as [RunningHaproxy];
    const { socketPath: socket, configFile, stateFile } = haproxy;
    const loadBalancer = await balancerOf({
      socket,
      configFile,
      backend: "app",
      stateFile: `${stateFile}.d/missing`,
    });
    expect(await loadBalancer.check?.(operationContext())).toMatchObject([
      { code: "HWS_LB_STATE_UNWRITABLE", severity: "error" },
      { code: "HWS_LB_FORGETS", severity: "warning", message: expect.stringContaining(stateFile) },
    ]);
    const context = operationContext();
    expect(await ensure(loadBalancer, instance("web1"), "out", context)).toMatchObject({ state: "out" });
    expect(context.lines).toContainEqual(expect.objectContaining({ level: "warn" }));
  });

  it("is warned of where haproxy.cfg has none, with the lines to add, and refused over plain TCP", async () => {
    const web = keep(await startWeb());
    const [haproxy] = web.haproxies as [RunningHaproxy];
    const { socketPath: socket, configFile, stateFile, socketPort } = haproxy;
    const loadBalancer = await balancerOf({ socket, configFile, backend: "app" });
    expect(await loadBalancer.check?.(operationContext())).toMatchObject([
      {
        code: "HWS_LB_FORGETS",
        severity: "warning",
        hint: expect.stringMatching(/server-state-file .*load-server-state-from-file global/),
      },
    ]);
    await expect(
      balancerOf({ socket: `tcp://127.0.0.1:${socketPort}`, backend: "app", stateFile }),
    ).rejects.toMatchObject({ code: "HWS_LB_NO_STATE_FILE" });
    await rm(stateFile, { force: true });
  });
});

describe("several HAProxies of which one is lost", () => {
  const two = async () => {
    const web = keep(await startWeb(2));
    const [first, second] = web.haproxies as [RunningHaproxy, RunningHaproxy];
    const proxy = keep(await startToxicProxy({ port: second.socketPort }));
    const sockets = [first.socketPath, `tcp://127.0.0.1:${proxy.port}`];
    return { first, proxy, sockets, loadBalancer: await balancerOf({ socket: sockets, backend: "app" }) };
  };

  it("take a member back where they can, and the error says where it stands and which is silent", async () => {
    const { first, proxy, sockets, loadBalancer } = await two();
    await ensure(loadBalancer, instance("web1"), "out");
    proxy.refuse();
    await expect(ensure(loadBalancer, instance("web1"), "in")).rejects.toMatchObject({
      code: "HWS_LB_OUT_OF_STEP",
      retryable: true,
      message: expect.stringMatching(
        new RegExp(`${sockets[0]}: in; ${sockets[1]}: unknown \\(.*did not answer`),
      ),
    });
    expect(await serveAt(first.port, 8)).toContain("web1");
    proxy.heal();
    expect(await ensure(loadBalancer, instance("web1"), "in")).toMatchObject({ state: "in", healthy: "yes" });
  });
});
