import { type Instance, Secret } from "@hawser/core/plugin";
import {
  describeLoadBalancer,
  freePort,
  operationContext,
  pluginContext,
  startReleaseApp,
  webTrial,
} from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import plugin from "../src/index.ts";
import { startBalancer } from "./balancer.ts";

// All instances are on this machine: their ids are their ports.
const instance = (id: string): Instance => ({
  id,
  address: "127.0.0.1",
  roles: ["web"],
  lifecycle: "inService",
});

const startApp = async () => {
  const port = await freePort("127.0.0.1");
  return startReleaseApp({ release: String(port), port });
};

describeLoadBalancer("__name__", {
  create: async () => {
    const token = "canary-token";
    const balancer = await startBalancer(token);
    const apps = [await startApp(), await startApp()] as const;
    const loadBalancer = await plugin.create(
      { api: balancer.api, token: new Secret(token), member: "http://127.0.0.1:{id}" },
      pluginContext(),
    );
    const instances = [instance(apps[0].release), instance(apps[1].release)] as const;
    for (const each of instances)
      await loadBalancer.ensure(
        { instance: each, state: "in", drainTimeoutMs: 1_000, onDrainTimeout: "abort" },
        operationContext(),
      );
    return webTrial({
      loadBalancer,
      instances,
      stranger: instance("1"),
      port: balancer.port,
      apps,
      close: async () => {
        await Promise.all([balancer.stop(), ...apps.map((app) => app.stop())]);
      },
    });
  },
});

it("proves that the lock is held directly before each change, and before none that only looks", async () => {
  const balancer = await startBalancer("token");
  onTestFinished(balancer.stop);
  const options = { api: balancer.api, token: new Secret("token") };
  const loadBalancer = await plugin.create(options, pluginContext());
  const lost = operationContext({ confirm: () => Promise.reject(new Error("the lock is lost")) });
  const change = { instance: instance("web1"), drainTimeoutMs: 1_000, onDrainTimeout: "abort" } as const;
  await expect(loadBalancer.ensure({ ...change, state: "in" }, lost)).rejects.toThrow("the lock is lost");
  expect(await loadBalancer.states({ instances: [instance("web1")] }, lost)).toMatchObject([
    { state: "absent" },
  ]);
});
