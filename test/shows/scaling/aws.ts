import {
  type AwsMachine,
  type AwsScalingGroup,
  type AwsServer,
  type AwsTargetGroup,
  type FleetInstance,
  startAwsStandIn,
} from "@hawser/testkit";
import { onMinio } from "../central-storage.ts";
import { Closers } from "../closers.ts";
import { sshTo } from "../config.ts";
import { currentIn } from "../release-on-disk.ts";
import type { Ground, Sample } from "./ground.ts";
import { Machines } from "./machines.ts";

const login = { accessKeyId: "HAWSER_TEST_AWS_KEY", secretAccessKey: "HAWSER_TEST_AWS_SECRET" };
const hook = "hawser";

/** How autoscaling has machines that a group starts, ends, or has. */
const lifecycleOf = (state = ""): Sample["lifecycle"] => {
  if (state === "InService") return "inService";
  return state.startsWith("Pending") ? "starting" : "leaving";
};

interface Account {
  readonly aws: AwsServer;
  readonly scaling: AwsScalingGroup;
  readonly targets: AwsTargetGroup;
}

const openAccount = async (closers: Closers): Promise<Account> => {
  const aws = closers.add(await startAwsStandIn());
  const scaling = aws.account.addScalingGroup("shop-web", { name: hook, heartbeatMs: 600_000 });
  return {
    aws,
    scaling,
    targets: await aws.account.addTargetGroup({ type: "instance", port: 80, delaySeconds: 2 }),
  };
};

const awsBlocks = ({ aws, scaling, targets }: Account) => {
  const access = {
    endpoint: aws.endpoint,
    region: "us-east-1",
    accessKeyId: `\${var:${login.accessKeyId}}`,
    secretAccessKey: `\${env:${login.secretAccessKey}}`,
  };
  return {
    inventory: {
      use: "@hawser/inventory-aws",
      with: { autoScalingGroup: scaling.name, lifecycleHook: hook, ...access },
    },
    loadBalancer: { use: "@hawser/lb-aws", with: { targetGroupArn: targets.arn, ...access } },
  };
};

/** AWS: an S3 bucket, an autoscaling group with a launching hook, a target group, and SSH. */
export const openAws = (machines: number) => async (): Promise<Ground> => {
  const closers = new Closers();
  try {
    const store = closers.add(await Machines.start(machines));
    const central = closers.add(await onMinio("s3"));
    const account = await openAccount(closers);
    const { aws, scaling, targets } = account;
    const running = new Map<string, { readonly own: FleetInstance; readonly machine: AwsMachine }>();
    const of = (id: string) => {
      const found = running.get(id);
      if (found === undefined) throw new Error(`AWS has no machine ${id}`);
      return found;
    };
    return {
      blocks: {
        root: store.fleet.instances[0]?.root ?? "",
        storage: central.block,
        transport: sshTo(store.fleet),
        ...awsBlocks(account),
      },
      env: {
        ...central.env,
        [login.accessKeyId]: aws.accessKeyId,
        [login.secretAccessKey]: aws.secretAccessKey,
      },
      url: `http://127.0.0.1:${targets.port}`,
      grow: async () => {
        const own = await store.fresh();
        const machine = aws.account.addMachine({ address: own.address });
        running.set(machine.id, { own, machine });
        scaling.launch(machine);
        return machine.id;
      },
      // Autoscaling takes a machine out of its target groups by itself, before it ends it.
      shrink: async (id) => {
        scaling.put(of(id).machine, "Terminating:Wait");
        targets.deregister(id);
      },
      switchOff: async (id) => {
        const { own, machine } = of(id);
        machine.state = "terminated";
        scaling.remove(id);
        running.delete(id);
        await store.end(own);
      },
      folder: (id) => of(id).own.folder,
      samples: async () =>
        [...running].map(([id, { own }]) => ({
          id,
          release: currentIn(own.folder),
          balancer: targets.serves(id) ? "in" : "not in",
          lifecycle: lifecycleOf(scaling.stateOf(id)),
        })),
      [Symbol.asyncDispose]: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
};
