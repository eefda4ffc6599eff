import { setTimeout as sleep } from "node:timers/promises";
import type { Instance, LoadBalancer, PluginContext } from "@hawser/core/plugin";
import {
  type HaproxySetup,
  type LoadBalancerTrial,
  operationContext,
  pluginContext,
  type ReleaseApp,
  type RunningHaproxy,
  startHaproxy,
  startReleaseApp,
  webTrial,
} from "@hawser/testkit";
import haproxyPlugin, { type HaproxyOptions } from "../src/index.ts";

export const instance = (id: string, address = "127.0.0.1"): Instance => ({
  id,
  address,
  roles: ["web"],
  lifecycle: "inService",
});

/** The plugin's provider for a HAProxy or several. */
export const balancerOf = async (options: HaproxyOptions): Promise<LoadBalancer> =>
  haproxyPlugin.create(options, pluginContext({ cacheDirectory: "/nonexistent" }) as PluginContext);

export interface Web extends AsyncDisposable {
  readonly apps: [ReleaseApp, ReleaseApp];
  readonly haproxies: readonly RunningHaproxy[];
}

/** Waits until HAProxy's first checks of both servers passed: until then their health is unknown. */
const checked = async (haproxy: RunningHaproxy): Promise<void> => {
  for (let tries = 0; tries < 400; tries++) {
    const passed = (await haproxy.command("show stat app 4 -1")).match(/,L7OK,/g);
    if (passed?.length === 2) return;
    await sleep(25);
  }
  throw new Error("HAProxy's checks do not pass");
};

/** Two web applications, named as instances are, behind HAProxies that wait until their checks passed. */
export const startWeb = async (
  haproxies = 1,
  setup: Omit<HaproxySetup, "servers"> = {},
  words?: string,
): Promise<Web> => {
  const apps: [ReleaseApp, ReleaseApp] = await Promise.all([
    startReleaseApp({ release: "web1" }),
    startReleaseApp({ release: "web2" }),
  ]);
  const servers = apps.map((app) => ({
    name: app.release,
    port: app.port,
    ...(words !== undefined && { arguments: words }),
  }));
  const running = await Promise.all(
    Array.from({ length: haproxies }, () => startHaproxy({ ...setup, servers })),
  );
  await Promise.all(running.map(checked));
  return webOf(apps, running);
};

const webOf = (apps: Web["apps"], haproxies: readonly RunningHaproxy[]): Web => ({
  apps,
  haproxies,
  [Symbol.asyncDispose]: async () => {
    for (const resource of [...haproxies, ...apps]) await resource[Symbol.asyncDispose]();
  },
});

export const slotLine = (count: number, port: number): string =>
  `server-template slot 1-${count} unassigned.invalid:${port} check inter 200 rise 2 fall 2 init-addr last,0.0.0.0 disabled`;

/** Two web applications on addresses of their own and one port, behind HAProxies with free slots that keep their states. */
export const startSlottedWeb = async (haproxies = 1, slots = 4): Promise<Web & { readonly port: number }> => {
  const first = await startReleaseApp({ release: "web1", address: "127.0.5.1" });
  const { port } = first;
  const second = await startReleaseApp({ release: "web2", address: "127.0.5.2", port });
  const setup: HaproxySetup = {
    servers: [],
    keepsStates: true,
    backendLines: ["option httpchk GET /health", slotLine(slots, port)],
  };
  const running = await Promise.all(Array.from({ length: haproxies }, () => startHaproxy(setup)));
  return { ...webOf([first, second], running), port };
};

/** The options that the slots of such a web are driven with. */
export const slotted = ({ haproxies, port }: Web & { readonly port: number }): HaproxyOptions => ({
  socket: haproxies.map(({ socketPath }) => socketPath),
  backend: "app",
  port,
  servers: { mode: "slots" },
  ...(haproxies[0] !== undefined && {
    stateFile: haproxies[0].stateFile,
    configFile: haproxies[0].configFile,
  }),
});

/** Brings both applications in. */
export const joined = async (web: Web, options: HaproxyOptions): Promise<void> => {
  const loadBalancer = await balancerOf(options);
  for (const { release, address } of web.apps)
    await loadBalancer.ensure(
      {
        instance: instance(release, address),
        state: "in",
        drainTimeoutMs: 10_000,
        onDrainTimeout: "abort",
      },
      operationContext(),
    );
};

/** The trial of the contract's suite, through whatever sockets the options name. */
export const trialOf = async (
  web: Web,
  options: Pick<HaproxyOptions, "socket"> & Partial<HaproxyOptions>,
): Promise<LoadBalancerTrial> => {
  const loadBalancer = await balancerOf({ backend: "app", ...options });
  const [entry] = web.haproxies;
  if (!entry) throw new Error("no HAProxy");
  return webTrial({
    loadBalancer,
    instances: [instance("web1", web.apps[0].address), instance("web2", web.apps[1].address)],
    stranger: instance("web9", "127.0.0.99"),
    port: entry.port,
    apps: web.apps,
    close: () => web[Symbol.asyncDispose](),
  });
};
