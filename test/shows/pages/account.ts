import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AwsMachine,
  type FleetInstance,
  startAwsStandIn,
  startFleet,
  startImdsStandIn,
  startMinio,
} from "@hawser/testkit";
import { Closers } from "../closers.ts";

/** What a reader of the page about AWS has: a bucket, an autoscaling group with two machines, and a target group. */
export interface Account extends AsyncDisposable {
  readonly own: Readonly<Record<string, string>>;
  /** Where the SDK of AWS finds what stands in for AWS. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a user of the page's policy; gives the line that a shell is to be told. */
  grantDeployer(): Promise<string>;
  /** Lets the page's key into the instances. */
  letIn(): Promise<void>;
  /** One more machine boots from an image that has the page's boot script, held by the lifecycle hook. */
  grow(): Promise<void>;
}

const root = "/srv/hello";

const statementsOf = async (file: string): Promise<readonly object[]> =>
  (JSON.parse(await readFile(file, "utf8")) as { readonly Statement: readonly object[] }).Statement;

/** @param folder where the page has its files. */
export const openAccount = async (folder: string): Promise<Account> => {
  const closers = new Closers();
  try {
    const fleet = closers.add(await startFleet({ count: 3, root, isolation: "namespaces" }));
    const [minio, aws] = await Promise.all([startMinio({ host: fleet.gateway }), startAwsStandIn()]);
    closers.add(minio);
    closers.add(aws);
    const imds = closers.add(await startImdsStandIn(undefined, fleet.gateway));
    const bucket = await minio.createBucket();
    const targets = await aws.account.addTargetGroup({ type: "instance", port: 8080, delaySeconds: 1 });
    const scaling = aws.account.addScalingGroup("hello-web", { name: "hawser", heartbeatMs: 600_000 });
    const machineOf = ({ address = "", hostKey }: FleetInstance): AwsMachine =>
      aws.account.addMachine({ address, tags: { "hawser-host-key": hostKey } });
    const [, , later] = fleet.instances;
    for (const instance of fleet.instances.slice(0, 2)) scaling.put(machineOf(instance));
    return {
      own: {
        AWS_REGION: "us-east-1",
        BUCKET: bucket,
        GROUP: scaling.name,
        TARGET_GROUP: targets.arn,
        ENTRY: `http://127.0.0.1:${targets.port}`,
        DEPLOYER: fleet.user,
      },
      env: { AWS_ENDPOINT_URL: aws.endpoint, AWS_ENDPOINT_URL_S3: minio.endpoint },
      grantDeployer: async () => {
        const login = await minio.createUser(await statementsOf(join(folder, "deployer.json")));
        aws.accessKeyId = login.accessKeyId;
        return `export AWS_ACCESS_KEY_ID=${login.accessKeyId} AWS_SECRET_ACCESS_KEY=${login.secretAccessKey}\n`;
      },
      letIn: async () => {
        const key = await readFile(join(folder, "deploy_key.pub"), "utf8");
        await appendFile(join(fleet.folder, "authorized_keys"), key);
      },
      grow: async () => {
        if (later === undefined) throw new Error("the fleet is too small");
        imds.hold(await minio.assumeRole(await statementsOf(join(folder, "instance.json"))));
        const metadata = `AWS_EC2_METADATA_SERVICE_ENDPOINT=${imds.endpoint}`;
        const boot = ["env", metadata, "sh", join(folder, "hello.sh")];
        const booted = await fleet.exec(later.id, boot);
        if (booted.exitCode !== 0) throw new Error(`the new machine does not come up: ${booted.stderr}`);
        scaling.launch(machineOf(later));
      },
      [Symbol.asyncDispose]: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
};
