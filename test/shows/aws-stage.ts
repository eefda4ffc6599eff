import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HawserConfig, Rollout } from "@hawser/core";
import {
  type AwsMachine,
  type AwsScalingGroup,
  type AwsServer,
  type AwsTargetGroup,
  startAwsStandIn,
} from "@hawser/testkit";
import { ending } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";
import { until } from "./watching.ts";

/** A stage whose instances are machines of an autoscaling group behind a target group of the stand-in for AWS. */
export interface AwsStage extends AsyncDisposable {
  readonly stage: Stage;
  readonly aws: AwsServer;
  readonly scaling: AwsScalingGroup;
  readonly targets: AwsTargetGroup;
  /** In the order of the fleet's instances. */
  readonly machines: readonly AwsMachine[];
  /** The address that clients ask. */
  readonly url: string;
  /** What every instance runs, in order. */
  current(): (string | null)[];
  rollout(options: Partial<Rollout>): Promise<void>;
}

const configFor =
  (aws: AwsServer, scaling: AwsScalingGroup, targets: AwsTargetGroup, suspend: readonly string[]) =>
  (config: HawserConfig): HawserConfig => {
    const secret = "$" + "{file:./aws-secret}";
    const access = {
      endpoint: aws.endpoint,
      region: "us-east-1",
      accessKeyId: aws.accessKeyId,
      secretAccessKey: secret,
    };
    return {
      ...config,
      inventory: {
        use: "@hawser/inventory-aws",
        with: { autoScalingGroup: scaling.name, ...access, ...(suspend.length > 0 && { suspend }) },
      },
      loadBalancer: { use: "@hawser/lb-aws", with: { targetGroupArn: targets.arn, ...access } },
    };
  };

/** Opens it with the first version in service on every instance. */
export const openAwsStage = async ({
  delaySeconds = 1,
  suspend = [],
}: {
  readonly delaySeconds?: number;
  readonly suspend?: readonly string[];
} = {}): Promise<AwsStage> => {
  const stage = await openStage({ instances: 3 });
  const aws = await startAwsStandIn();
  const close = async () => {
    await aws[Symbol.asyncDispose]();
    await stage[Symbol.asyncDispose]();
  };
  try {
    const targets = await aws.account.addTargetGroup({ type: "instance", port: 80, delaySeconds });
    const scaling = aws.account.addScalingGroup("shop-web");
    const machines = stage.fleet.instances.map(({ address }) => aws.account.addMachine({ address }));
    for (const machine of machines) scaling.put(machine);
    await writeFile(join(stage.folder, "aws-secret"), aws.secretAccessKey);
    await stage.configure(configFor(aws, scaling, targets, suspend));
    const current = () => stage.fleet.instances.map(({ id }) => stage.current(id));
    const end = await stage.hawser("deploy", "--ref", "v1");
    if (ending(end) !== "0 done") throw new Error(`${ending(end)} ${end.result?.error?.message}`);
    await until("all are in", () => targets.healthy === machines.length);
    return {
      stage,
      aws,
      scaling,
      targets,
      machines,
      url: `http://127.0.0.1:${targets.port}/__release`,
      current,
      rollout: (options) =>
        stage.configure((config) => ({ ...config, rollout: { ...config.rollout, ...options } })),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
