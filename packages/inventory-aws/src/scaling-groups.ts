import type { AutoScalingClient, AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { allPages, awsErrors, call, type LazyClient } from "@hawser/aws";
import { errors } from "./errors.ts";

export type ScalingClient = LazyClient<typeof import("@aws-sdk/client-auto-scaling"), AutoScalingClient>;

/** A machine as autoscaling has it. */
export interface ScaledMachine {
  readonly id: string;
  readonly state: string;
}

const name = "autoscaling:DescribeAutoScalingGroups";
const namesInCall = 50;

const machineOf = (shown: {
  readonly InstanceId?: string | undefined;
  readonly LifecycleState?: string | undefined;
}): ScaledMachine => {
  const { InstanceId: id, LifecycleState: state } = shown;
  if (!/^i-[0-9a-f]{8,17}$/.test(id ?? "") || !state)
    throw awsErrors.HWS_AWS_ANSWER([name, "an instance without id or lifecycle state"]);
  return { id: id as string, state };
};

const groupsOnce = async (aws: ScalingClient, names: readonly string[], signal: AbortSignal) => {
  const { sdk, client } = await aws.open();
  return await allPages(name, async (token) => {
    const command = new sdk.DescribeAutoScalingGroupsCommand({
      AutoScalingGroupNames: [...names],
      ...(token !== undefined && { NextToken: token }),
    });
    const answer = await call({ name, signal }, () => client.send(command, { abortSignal: signal }));
    return { items: answer.AutoScalingGroups, next: answer.NextToken };
  });
};

/** Something of every group named, in the order of the names; AWS leaves out a group that it does not know. */
const ofGroups = async <T>(
  aws: ScalingClient,
  names: readonly string[],
  signal: AbortSignal,
  read: (group: AutoScalingGroup) => T,
): Promise<readonly T[]> => {
  const found = new Map<string | undefined, AutoScalingGroup>();
  for (let at = 0; at < names.length; at += namesInCall)
    for (const group of await groupsOnce(aws, names.slice(at, at + namesInCall), signal))
      found.set(group.AutoScalingGroupName, group);
  return names.map((each) => {
    const group = found.get(each);
    if (group === undefined) throw errors.HWS_INVENTORY_AWS_NO_GROUP([each]);
    return read(group);
  });
};

/** The machines of every group named, in the order of the names. */
export const machinesOfGroups = async (
  aws: ScalingClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly ScaledMachine[])[]> =>
  await ofGroups(aws, names, signal, ({ Instances }) => (Instances ?? []).map(machineOf));

/** The processes that are suspended in every group named, in the order of the names. */
export const suspendedInGroups = async (
  aws: ScalingClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly ReadonlySet<string>[]> =>
  await ofGroups(
    aws,
    names,
    signal,
    ({ SuspendedProcesses }) =>
      new Set((SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? [])),
  );
