import { type Instance, type LoadBalancer, Secret } from "@hawser/core/plugin";
import {
  type AwsMachine,
  type AwsServer,
  type AwsTargetGroup,
  type AwsTargetGroupSetup,
  type LoadBalancerTrial,
  pluginContext,
  type ReleaseApp,
  startAwsStandIn,
  startReleaseApp,
  webTrial,
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
  return webTrial({
    loadBalancer,
    instances: [web.instance(0), web.instance(1)],
    stranger: instanceOf(stranger),
    port: entry.port,
    apps: web.apps,
    removed: ({ id }) => {
      const machine = web.aws.account.machines.get(id);
      if (machine !== undefined) machine.state = "terminated";
    },
    close: () => web[Symbol.asyncDispose](),
  });
};
