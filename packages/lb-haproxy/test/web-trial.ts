import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instance, LoadBalancer, PluginContext } from "@hawser/core/plugin";
import {
  type HeldRequest,
  type LoadBalancerTrial,
  pluginContext,
  type ReleaseApp,
  type RunningHaproxy,
  startHaproxy,
  startReleaseApp,
} from "@hawser/testkit";
import haproxyPlugin, { type HaproxyOptions } from "../src/index.ts";

export const instance = (id: string): Instance => ({
  id,
  address: "127.0.0.1",
  roles: ["web"],
  lifecycle: "inService",
});

/** The plugin's provider for a HAProxy or several. */
export const balancerOf = async (options: HaproxyOptions): Promise<LoadBalancer> =>
  haproxyPlugin.create(options, pluginContext({ cacheDirectory: "/nonexistent" }) as PluginContext);

const answer = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, resolve).once("error", reject);
  });

/** The releases that answered a number of requests, one after another, each on a connection of its own. */
export const serveAt = async (port: number, requests: number): Promise<readonly string[]> => {
  const served: string[] = [];
  for (let sent = 0; sent < requests; sent++) {
    const response = await answer(`http://127.0.0.1:${port}/`);
    response.resume();
    await once(response, "end");
    served.push(String(response.headers["x-release"] ?? `status ${response.statusCode}`));
  }
  return served;
};

let keys = 0;

/** Opens an answer that lasts until it is ended, at the application whose release is wanted. */
export const holdAt = async (port: number, app: ReleaseApp): Promise<HeldRequest> => {
  for (let tries = 0; tries < 20; tries++) {
    const key = `key${keys++}`;
    const response = await answer(`http://127.0.0.1:${port}/hold?key=${key}`);
    if (response.headers["x-release"] !== app.release) {
      response.destroy();
      continue;
    }
    const over = new Promise<"ended" | "cut">((resolve) => {
      response.once("end", () => resolve("ended"));
      response.once("error", () => resolve("cut"));
      response.resume();
    });
    return { over, end: () => app.end(key) };
  }
  throw new Error(`no request reaches ${app.release}`);
};

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
export const startWeb = async (haproxies = 1): Promise<Web> => {
  const apps: [ReleaseApp, ReleaseApp] = await Promise.all([
    startReleaseApp({ release: "web1" }),
    startReleaseApp({ release: "web2" }),
  ]);
  const servers = apps.map((app) => ({ name: app.release, port: app.port }));
  const running = await Promise.all(Array.from({ length: haproxies }, () => startHaproxy({ servers })));
  await Promise.all(running.map(checked));
  return {
    apps,
    haproxies: running,
    [Symbol.asyncDispose]: async () => {
      for (const resource of [...running, ...apps]) await resource[Symbol.asyncDispose]();
    },
  };
};

/** The trial of the contract's suite, through whatever sockets the options name. */
export const trialOf = async (
  web: Web,
  options: Pick<HaproxyOptions, "socket"> & Partial<HaproxyOptions>,
): Promise<LoadBalancerTrial> => {
  const loadBalancer = await balancerOf({ backend: "app", ...options });
  const [entry] = web.haproxies;
  if (!entry) throw new Error("no HAProxy");
  const appOf = (wanted: Instance): ReleaseApp => {
    const app = web.apps.find(({ release }) => release === wanted.id);
    if (!app) throw new Error(`no application ${wanted.id}`);
    return app;
  };
  return {
    loadBalancer,
    instances: [instance("web1"), instance("web2")],
    stranger: instance("web9"),
    serve: (requests) => serveAt(entry.port, requests),
    hold: (wanted) => holdAt(entry.port, appOf(wanted)),
    remove: (wanted) => appOf(wanted).stop(),
    [Symbol.asyncDispose]: async () => {
      await loadBalancer[Symbol.asyncDispose]?.();
      await web[Symbol.asyncDispose]();
    },
  };
};
