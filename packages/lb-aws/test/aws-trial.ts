import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { type Instance, type LoadBalancer, Secret } from "@hawser/core/plugin";
import {
  type AwsMachine,
  type AwsServer,
  type AwsTargetGroup,
  type AwsTargetGroupSetup,
  type HeldRequest,
  type LoadBalancerTrial,
  pluginContext,
  type ReleaseApp,
  startAwsStandIn,
  startReleaseApp,
} from "@hawser/testkit";
import awsPlugin, { type AwsLoadBalancerOptions } from "../src/index.ts";

export const balancerOf = async (aws: AwsServer, options: AwsLoadBalancerOptions): Promise<LoadBalancer> =>
  await awsPlugin.create(
    {
      endpoint: aws.endpoint,
      accessKeyId: aws.accessKeyId,
      secretAccessKey: new Secret(aws.secretAccessKey),
      ...options,
    },
    pluginContext({ cacheDirectory: "/nonexistent" }),
  );

const answer = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, resolve).once("error", reject);
  });

const serveAt = async (port: number, requests: number): Promise<readonly string[]> => {
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

const holdAt = async (port: number, app: ReleaseApp): Promise<HeldRequest> => {
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

/** Machines of the stand-in, each with an application that answers with its id. */
export interface Web extends AsyncDisposable {
  readonly aws: AwsServer;
  readonly machines: readonly AwsMachine[];
  readonly apps: readonly ReleaseApp[];
  /** The applications' port, on an address of loopback each. */
  readonly port: number;
  /** An instance as an inventory of AWS has it. */
  instance(at: number): Instance;
}

const addressOf = (at: number): string => `127.0.4.${at + 1}`;

export const instanceOf = (machine: AwsMachine): Instance => ({
  id: machine.id,
  address: machine.address,
  roles: ["web"],
  lifecycle: "inService",
});

export const startWeb = async (count = 2): Promise<Web> => {
  const aws = await startAwsStandIn();
  const machines = Array.from({ length: count }, (_, at) =>
    aws.account.addMachine({ address: addressOf(at) }),
  );
  const apps: ReleaseApp[] = [];
  for (const { id: release, address } of machines)
    apps.push(await startReleaseApp({ release, address, port: apps[0]?.port ?? 0 }));
  return {
    aws,
    machines,
    apps,
    port: apps[0]?.port ?? 0,
    instance: (at) => instanceOf(machines[at] as AwsMachine),
    [Symbol.asyncDispose]: async () => {
      for (const resource of [aws, ...apps]) await resource[Symbol.asyncDispose]();
    },
  };
};

export const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 400 && !holds(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  if (!holds()) throw new Error(`${what} did not come`);
};

/** A target group whose members are all machines, healthy. */
export const groupOf = async (
  web: Web,
  setup: Partial<AwsTargetGroupSetup> & Pick<AwsTargetGroupSetup, "type">,
): Promise<AwsTargetGroup> => {
  const group = await web.aws.account.addTargetGroup({ port: web.port, ...setup });
  for (const { id, address } of web.machines)
    group.register(setup.type === "ip" ? address : id, { address, port: web.port });
  await until("health", () => group.healthy === web.machines.length);
  return group;
};

/** The contract's trial, through whatever the options name. */
export const trialOf = async (
  web: Web,
  entry: { readonly port: number },
  options: AwsLoadBalancerOptions,
): Promise<LoadBalancerTrial> => {
  const loadBalancer = await balancerOf(web.aws, options);
  const stranger = web.aws.account.addMachine({ address: "127.0.4.99" });
  const appOf = (wanted: Instance): ReleaseApp => {
    const app = web.apps.find(({ release }) => release === wanted.id);
    if (!app) throw new Error(`no application ${wanted.id}`);
    return app;
  };
  return {
    loadBalancer,
    instances: [web.instance(0), web.instance(1)],
    stranger: instanceOf(stranger),
    serve: (requests) => serveAt(entry.port, requests),
    hold: (wanted) => holdAt(entry.port, appOf(wanted)),
    remove: async (wanted) => {
      await appOf(wanted).stop();
      const machine = web.aws.account.machines.get(wanted.id);
      if (machine !== undefined) machine.state = "terminated";
    },
    [Symbol.asyncDispose]: async () => {
      await loadBalancer[Symbol.asyncDispose]?.();
      await web[Symbol.asyncDispose]();
    },
  };
};
