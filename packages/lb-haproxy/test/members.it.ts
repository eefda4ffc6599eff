import type { EnsureRequest, LoadBalancer } from "@hawser/core/plugin";
import {
  freePort,
  holdAt,
  operationContext,
  type RunningHaproxy,
  serveAt,
  startHaproxy,
  startReleaseApp,
  startToxicProxy,
} from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import type { HaproxyOptions } from "../src/index.ts";
import { keep } from "./keep.ts";
import { balancerOf, instance, startWeb } from "./web-trial.ts";

const balancer = (haproxy: RunningHaproxy, more: Partial<HaproxyOptions> = {}) =>
  balancerOf({ socket: haproxy.socketPath, backend: "app", ...more });

const ensure = (loadBalancer: LoadBalancer, id: string, state: EnsureRequest["state"]) =>
  loadBalancer.ensure(
    { instance: instance(id), state, drainTimeoutMs: 10_000, onDrainTimeout: "abort" },
    operationContext(),
  );

const stateOf = async (loadBalancer: LoadBalancer, id: string) =>
  (await loadBalancer.states({ instances: [instance(id)] }, operationContext()))[0];

const web = async () => {
  const running = keep(await startWeb());
  const [haproxy] = running.haproxies as [RunningHaproxy];
  return { ...running, haproxy, loadBalancer: await balancer(haproxy) };
};

describe("a drain made by a person", () => {
  it.each([
    ["state drain", "yes"],
    ["state maint", "unknown"],
    ["weight 0%", "yes"],
  ])("by `set server … %s` is seen, and touching other members leaves it", async (change, healthy) => {
    const { haproxy, loadBalancer } = await web();
    await haproxy.command(`set server app/web1 ${change}`);
    const drained = { state: "out", healthy };
    expect(await stateOf(loadBalancer, "web1")).toMatchObject(drained);
    await ensure(loadBalancer, "web2", "out");
    await ensure(loadBalancer, "web2", "in");
    expect(await stateOf(loadBalancer, "web1")).toMatchObject(drained);
    expect(await ensure(loadBalancer, "web1", "in")).toMatchObject({ state: "in", healthy: "yes" });
    expect(await serveAt(haproxy.port, 10)).toContain("web1");
  });
});

describe("a caller that lost its right while a call was under way", () => {
  it.each(["out", "absent"] as const)("changes nothing on the way to %s", async (state) => {
    const { haproxy, loadBalancer } = await web();
    const lost = new Error("the lock is lost");
    const context = { ...operationContext(), confirm: () => Promise.reject(lost) };
    const request = { instance: instance("web1"), state, drainTimeoutMs: 10_000, onDrainTimeout: "abort" };
    await expect(loadBalancer.ensure(request as EnsureRequest, context)).rejects.toBe(lost);
    expect(await stateOf(loadBalancer, "web1")).toMatchObject({ state: "in" });
    expect(await serveAt(haproxy.port, 10)).toContain("web1");
  });
});

describe("a joining member", () => {
  it("takes no request before HAProxy's own checks passed", async () => {
    const { haproxy, loadBalancer, apps } = await web();
    await ensure(loadBalancer, "web1", "out");
    await apps[0].stop();
    apps[0] = await startReleaseApp({ release: "web1", port: apps[0].port, warmUpMs: 1_000 });
    let joined = false;
    const joining = ensure(loadBalancer, "web1", "in").finally(() => {
      joined = true;
    });
    while (!joined) {
      for (const served of await serveAt(haproxy.port, 10)) expect(["web1", "web2"]).toContain(served);
    }
    expect(await joining).toMatchObject({ state: "in", healthy: "yes" });
  });

  it("is HWS_LB_NOT_HEALTHY with what the check says when it does not come up, and gets no request", async () => {
    const { haproxy, apps } = await web();
    const loadBalancer = await balancer(haproxy, { readyTimeoutMs: 1_500 });
    await ensure(loadBalancer, "web1", "out");
    await apps[0].stop();
    await expect(ensure(loadBalancer, "web1", "in")).rejects.toMatchObject({
      code: "HWS_LB_NOT_HEALTHY",
      message: expect.stringMatching(/down, last check L4CON/),
    });
    expect(await serveAt(haproxy.port, 10)).toEqual(Array(10).fill("web2"));
  });

  it("comes in at once where nothing is checked, with health unknown", async () => {
    const app = keep(await startReleaseApp({ release: "web1" }));
    const haproxy = keep(
      await startHaproxy({ servers: [{ name: "web1", port: app.port, arguments: "" }], backendLines: [] }),
    );
    const loadBalancer = await balancer(haproxy);
    await ensure(loadBalancer, "web1", "out");
    expect(await ensure(loadBalancer, "web1", "in")).toMatchObject({ state: "in", healthy: "unknown" });
    expect(await serveAt(haproxy.port, 2)).toEqual(["web1", "web1"]);
  });
});

describe("an instance that HAProxy does not know", () => {
  it("is HWS_LB_UNKNOWN_SERVER without a port", async () => {
    const { loadBalancer } = await web();
    await expect(ensure(loadBalancer, "web3", "in")).rejects.toMatchObject({ code: "HWS_LB_UNKNOWN_SERVER" });
  });

  it("is added at run time with a port, checked before it serves, and deleted again", async () => {
    const { haproxy } = await web();
    const app = keep(await startReleaseApp({ release: "web3", warmUpMs: 500 }));
    const loadBalancer = await balancer(haproxy, { port: app.port });
    expect(await ensure(loadBalancer, "web3", "in")).toMatchObject({ state: "in", healthy: "yes" });
    expect(new Set(await serveAt(haproxy.port, 12))).toEqual(new Set(["web1", "web2", "web3"]));
    expect(await ensure(loadBalancer, "web3", "absent")).toMatchObject({ state: "absent" });
    expect(await haproxy.command("show servers state app")).not.toContain("web3");
    expect(new Set(await serveAt(haproxy.port, 12))).toEqual(new Set(["web1", "web2"]));
  });

  it("is added again when a reload forgot it", async () => {
    const { haproxy } = await web();
    const app = keep(await startReleaseApp({ release: "web3" }));
    const loadBalancer = await balancer(haproxy, { port: app.port });
    await ensure(loadBalancer, "web3", "in");
    await haproxy.reload();
    expect(await stateOf(loadBalancer, "web3")).toMatchObject({ state: "absent" });
    expect(await ensure(loadBalancer, "web3", "in")).toMatchObject({ state: "in", healthy: "yes" });
  });

  it("is refused with HAProxy's own words where the balancing cannot take one", async () => {
    const app = keep(await startReleaseApp({ release: "web1" }));
    const servers = [{ name: "web1", port: app.port }];
    const haproxy = keep(await startHaproxy({ servers, backendLines: ["balance static-rr"] }));
    await expect(ensure(await balancer(haproxy, { port: 80 }), "web3", "in")).rejects.toMatchObject({
      code: "HWS_LB_REFUSED",
      message: expect.stringContaining("dynamic load balancing"),
    });
  });
});

describe("a server of haproxy.cfg", () => {
  it("stays in maintenance when it shall be absent, since a reload would bring a deleted one back", async () => {
    const { haproxy, loadBalancer } = await web();
    expect(await ensure(loadBalancer, "web1", "absent")).toMatchObject({ state: "out" });
    expect(await haproxy.command("show servers state app")).toContain(" web1 ");
  });
});

describe("several HAProxies", () => {
  it("change nothing when one of them does not answer", async () => {
    const running = keep(await startWeb(2));
    const [first, second] = running.haproxies as [RunningHaproxy, RunningHaproxy];
    const loadBalancer = await balancerOf({ socket: [first.socketPath, second.socketPath], backend: "app" });
    await second.stop();
    await expect(ensure(loadBalancer, "web1", "out")).rejects.toMatchObject({
      code: "HWS_LB_UNREACHABLE",
      retryable: true,
      message: expect.stringContaining(second.socketPath),
    });
    expect(await stateOf(await balancer(first), "web1")).toMatchObject({ state: "in" });
  });

  it("show a member in the worst of its states", async () => {
    const running = keep(await startWeb(2));
    const [first, second] = running.haproxies as [RunningHaproxy, RunningHaproxy];
    const loadBalancer = await balancerOf({ socket: [first.socketPath, second.socketPath], backend: "app" });
    await second.command("set server app/web1 state drain");
    expect(await stateOf(loadBalancer, "web1")).toMatchObject({ state: "out" });
    expect(await ensure(loadBalancer, "web1", "in")).toMatchObject({ state: "in", healthy: "yes" });
    expect(await serveAt(second.port, 10)).toContain("web1");
  });
});

describe("a HAProxy that carries TCP", () => {
  it("waits for open connections and cuts them at the drain limit", async () => {
    const app = keep(await startReleaseApp({ release: "web1" }));
    const haproxy = keep(await startHaproxy({ servers: [{ name: "web1", port: app.port }], mode: "tcp" }));
    const loadBalancer = await balancer(haproxy);
    await ensure(loadBalancer, "web1", "in");
    const held = await holdAt(haproxy.port, app);
    const request = { instance: instance("web1"), state: "out", drainTimeoutMs: 300 } as const;
    const context = operationContext();
    await expect(loadBalancer.ensure({ ...request, onDrainTimeout: "abort" }, context)).rejects.toMatchObject(
      { code: "HWS_LB_DRAIN_TIMEOUT" },
    );
    expect((await loadBalancer.ensure({ ...request, onDrainTimeout: "force" }, context)).state).toBe("out");
    expect(await held.over).toBe("cut");
    expect(context.lines).toContainEqual(expect.objectContaining({ level: "warn" }));
  });
});

describe("the check before a run", () => {
  const codes = async (loadBalancer: LoadBalancer) =>
    (await loadBalancer.check?.(operationContext()))?.map(({ code, severity }) => `${severity} ${code}`);

  it("finds nothing wrong with a HAProxy that is set up as the README says", async () => {
    const { loadBalancer } = await web();
    expect(await codes(loadBalancer)).toEqual([]);
  });

  it("finds a socket that nobody serves", async () => {
    expect(
      await codes(
        await balancerOf({ socket: `tcp://127.0.0.1:${await freePort("127.0.0.1")}`, backend: "app" }),
      ),
    ).toEqual(["error HWS_LB_UNREACHABLE"]);
  });

  it("finds a backend that does not exist", async () => {
    const { haproxy } = await web();
    expect(await codes(await balancerOf({ socket: haproxy.socketPath, backend: "shop" }))).toEqual([
      "error HWS_LB_UNKNOWN_BACKEND",
    ]);
  });

  it("finds a socket without the level admin, and warns of servers without a check", async () => {
    const app = keep(await startReleaseApp({ release: "web1" }));
    const servers = [{ name: "web1", port: app.port, arguments: "" }];
    const haproxy = keep(await startHaproxy({ servers, level: "operator" }));
    const loadBalancer = await balancer(haproxy);
    expect(await codes(loadBalancer)).toEqual(["error HWS_LB_NOT_ADMIN", "warning HWS_LB_NO_CHECK"]);
    await expect(ensure(loadBalancer, "web1", "out")).rejects.toMatchObject({ code: "HWS_LB_NOT_ADMIN" });
  });
});

describe("a runtime API behind a bad network", () => {
  it("that cuts answers leaves the member wherever it was, and a later ensure brings it on", async () => {
    const { haproxy } = await web();
    const proxy = keep(await startToxicProxy({ port: haproxy.socketPort }));
    const loadBalancer = await balancerOf({ socket: `tcp://127.0.0.1:${proxy.port}`, backend: "app" });
    for (const afterBytes of [0, 1, 500, 1_500]) {
      proxy.poison("downstream", { kind: "cut", afterBytes, by: "rst" });
      await expect(ensure(loadBalancer, "web1", "out")).rejects.toMatchObject({ retryable: true });
    }
    proxy.heal();
    expect(await stateOf(loadBalancer, "web1")).toMatchObject({ state: "in" });
    expect(await ensure(loadBalancer, "web1", "out")).toMatchObject({ state: "out" });
  });

  it("that swallows them is HWS_LB_UNREACHABLE, to be tried again", async () => {
    const { haproxy } = await web();
    const proxy = keep(await startToxicProxy({ port: haproxy.socketPort }));
    const loadBalancer = await balancerOf({ socket: `tcp://127.0.0.1:${proxy.port}`, backend: "app" });
    proxy.poison("downstream", { kind: "blackhole" });
    await expect(stateOf(loadBalancer, "web1")).rejects.toMatchObject({
      code: "HWS_LB_UNREACHABLE",
      retryable: true,
    });
  });
});
