import type { EC2Client, Instance as Ec2Instance, Filter } from "@aws-sdk/client-ec2";
import { allPages, awsErrors, call, type LazyClient } from "@hawser/aws";

export type MachinesClient = LazyClient<typeof import("@aws-sdk/client-ec2"), EC2Client>;

const name = "ec2:DescribeInstances";
/** EC2 takes so many values in one filter. */
const valuesInFilter = 200;
const pageSize = 1000;

const ec2Id = /^i-[0-9a-f]{8,17}$/;

/** Every machine that a filter finds, whole. A filter for an id that is gone finds nothing and does not fail. */
const find = async (
  aws: MachinesClient,
  filters: readonly Filter[],
  signal: AbortSignal,
): Promise<readonly Ec2Instance[]> => {
  const { sdk, client } = await aws.open();
  const machines = await allPages(name, async (token) => {
    const command = new sdk.DescribeInstancesCommand({
      Filters: [...filters],
      MaxResults: pageSize,
      ...(token !== undefined && { NextToken: token }),
    });
    const answer = await call({ name, signal }, () => client.send(command, { abortSignal: signal }));
    const items = answer.Reservations?.flatMap(({ Instances }) => Instances ?? []);
    return { items, next: answer.NextToken };
  });
  const broken = machines.some(({ InstanceId, State }) => !ec2Id.test(InstanceId ?? "") || !State?.Name);
  if (broken) throw awsErrors.HWS_AWS_ANSWER([name, "an instance without id or state"]);
  return machines;
};

export const machinesById = async (
  aws: MachinesClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Ec2Instance>> => {
  const found = new Map<string, Ec2Instance>();
  for (let at = 0; at < ids.length; at += valuesInFilter) {
    const values = ids.slice(at, at + valuesInFilter);
    for (const machine of await find(aws, [{ Name: "instance-id", Values: values }], signal))
      found.set(machine.InstanceId as string, machine);
  }
  return found;
};

/** Stopped and terminated machines have nothing to deploy to. */
const alive = ["pending", "running", "shutting-down", "stopping"];

export const machinesByTags = async (
  aws: MachinesClient,
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Ec2Instance[]> =>
  await find(
    aws,
    [
      ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
      { Name: "instance-state-name", Values: alive },
    ],
    signal,
  );
