import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Instance } from "@hawser/core/plugin";
import {
  describeLoadBalancer,
  freePort,
  operationContext,
  pluginContext,
  startReleaseApp,
  webTrial,
} from "@hawser/testkit";
import plugin from "./front-balancer.ts";

const instance = (id: string, address: string): Instance => ({
  id,
  address,
  roles: ["web"],
  lifecycle: "inService",
});

/** The load balancer itself, in a process of its own. */
const startFront = async () => {
  const [port, apiPort] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
  const argv = [join(import.meta.dirname, "front.mjs"), String(port), String(apiPort)];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited.then(() => Promise.reject(new Error("no front")))]);
  const stop = async () => {
    child.kill();
    await exited;
  };
  return { port, api: `http://127.0.0.1:${apiPort}`, stop };
};

describeLoadBalancer("front-balancer", {
  create: async () => {
    const front = await startFront();
    const first = await startReleaseApp({ release: "web1", address: "127.0.6.1" });
    const second = await startReleaseApp({ release: "web2", address: "127.0.6.2", port: first.port });
    const loadBalancer = await plugin.create({ api: front.api, port: first.port }, pluginContext());
    const instances = [instance("web1", first.address), instance("web2", second.address)] as const;
    for (const each of instances)
      await loadBalancer.ensure(
        { instance: each, state: "in", drainTimeoutMs: 1_000, onDrainTimeout: "abort" },
        operationContext(),
      );
    return webTrial({
      loadBalancer,
      instances,
      stranger: instance("web9", "127.0.6.9"),
      port: front.port,
      apps: [first, second],
      close: async () => {
        await Promise.all([front.stop(), first.stop(), second.stop()]);
      },
    });
  },
});
