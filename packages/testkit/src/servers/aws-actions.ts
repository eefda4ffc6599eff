import type { AwsAccount } from "./aws-account.ts";
import { describeMachines } from "./aws-describe-machines.ts";
import { pageOf } from "./aws-page.ts";
import { AwsRefusal, type AwsRequest, type AwsValue, listOf, structuresOf } from "./aws-query.ts";

export type AwsAction = (account: AwsAccount, request: AwsRequest, pageSize: number) => AwsValue;

const parameter = ({ parameters }: AwsRequest, name: string): string => parameters.get(name) ?? "";

const targetsOf = (
  request: AwsRequest,
  port: number,
): readonly { readonly id: string; readonly port: number }[] =>
  structuresOf(request, "Targets.member").map((fields) => ({
    id: fields.get("Id") ?? "",
    port: Number(fields.get("Port") ?? port),
  }));

const groupOf = (account: AwsAccount, request: AwsRequest) =>
  account.targetGroup(request.parameters.get("TargetGroupArn"));

const registerTargets: AwsAction = (account, request) => {
  const group = groupOf(account, request);
  const targets = targetsOf(request, group.setup.port);
  // All are found good before any is registered.
  const places = targets.map(({ id, port }) => account.placeOf(group, id, port));
  for (const [at, { id }] of targets.entries()) {
    const place = places[at];
    if (place !== undefined) group.register(id, place);
  }
  return {};
};

const deregisterTargets: AwsAction = (account, request) => {
  const group = groupOf(account, request);
  for (const { id, port } of targetsOf(request, group.setup.port)) group.deregister(id, port);
  return {};
};

const describeTargetHealth: AwsAction = (account, request) => {
  const group = groupOf(account, request);
  const named = targetsOf(request, group.setup.port);
  const descriptions =
    named.length === 0
      ? group.describeTargets()
      : named.map(({ id, port }) => group.describeTarget(id, port));
  return { TargetHealthDescriptions: descriptions };
};

/** The load balancers of today, API 2015-12-01. */
const balancing: Readonly<Record<string, AwsAction>> = {
  RegisterTargets: registerTargets,
  DeregisterTargets: deregisterTargets,
  DescribeTargetHealth: describeTargetHealth,
  DescribeTargetGroups: (account, request) => ({
    TargetGroups: listOf(request, "TargetGroupArns.member").map((arn) => account.targetGroup(arn).describe()),
  }),
  DescribeTargetGroupAttributes: (account, request) => groupOf(account, request).attributes(),
};

const classicOf = (account: AwsAccount, request: AwsRequest) =>
  account.classic(request.parameters.get("LoadBalancerName"));

const instancesOf = (request: AwsRequest): readonly string[] =>
  structuresOf(request, "Instances.member").map((fields) => fields.get("InstanceId") ?? "");

const registerInstances: AwsAction = (account, request) => {
  const classic = classicOf(account, request);
  for (const id of instancesOf(request)) {
    const machine = account.machines.get(id);
    if (machine === undefined)
      throw new AwsRefusal(400, "InvalidInstance", `Could not find EC2 instance ${id}.`);
    classic.register(id, { address: machine.address, port: classic.setup.port });
  }
  return { Instances: classic.ids.map((InstanceId) => ({ InstanceId })) };
};

const describeInstanceHealth: AwsAction = (account, request) => {
  const classic = classicOf(account, request);
  const named = instancesOf(request);
  const stranger = named.find((id) => !classic.knows(id));
  if (stranger !== undefined)
    throw new AwsRefusal(400, "InvalidInstance", `Could not find EC2 instance ${stranger}.`);
  return {
    InstanceStates: (named.length === 0 ? classic.ids : named).map((id) => classic.describeHealth(id)),
  };
};

/** Classic load balancers, API 2012-06-01. */
const classics: Readonly<Record<string, AwsAction>> = {
  RegisterInstancesWithLoadBalancer: registerInstances,
  DeregisterInstancesFromLoadBalancer: (account, request) => {
    const classic = classicOf(account, request);
    for (const id of instancesOf(request)) classic.deregister(id);
    return { Instances: classic.ids.map((InstanceId) => ({ InstanceId })) };
  },
  DescribeInstanceHealth: describeInstanceHealth,
  DescribeLoadBalancerAttributes: (account, request) => {
    const { drainSeconds = 1 } = classicOf(account, request).setup;
    const draining = { Enabled: drainSeconds > 0, Timeout: Math.max(drainSeconds, 1) };
    return { LoadBalancerAttributes: { ConnectionDraining: draining } };
  },
};

const scalingOf = (account: AwsAccount, request: AwsRequest) =>
  account.scalingGroup(request.parameters.get("AutoScalingGroupName"));

const describeScalingGroups: AwsAction = (account, request, pageSize) => {
  const names = listOf(request, "AutoScalingGroupNames.member");
  // AWS says nothing of a name that it does not know.
  const groups = [...account.scalingGroups.values()].filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const { items, next } = pageOf(groups, request.parameters.get("NextToken"), pageSize);
  return { AutoScalingGroups: items.map((group) => group.describe()), NextToken: next };
};

const processes = [
  "Launch",
  "Terminate",
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "ReplaceUnhealthy",
  "ScheduledActions",
];

/** None named is all of them. */
const processesOf = (request: AwsRequest): readonly string[] => {
  const named = listOf(request, "ScalingProcesses.member");
  const stranger = named.find((each) => !processes.includes(each));
  if (stranger !== undefined) throw new AwsRefusal(400, "ValidationError", `Invalid Process: ${stranger}`);
  return named.length === 0 ? processes : named;
};

const scaling: Readonly<Record<string, AwsAction>> = {
  DescribeAutoScalingGroups: describeScalingGroups,
  DescribeAutoScalingInstances: (account, request) => {
    const ids = listOf(request, "InstanceIds.member");
    const found = [...account.scalingGroups.values()].flatMap((group) =>
      group.ids.filter((id) => ids.includes(id)).map((id) => group.describeInstance(id)),
    );
    return { AutoScalingInstances: found };
  },
  SuspendProcesses: (account, request) => {
    const { suspended } = scalingOf(account, request);
    for (const each of processesOf(request)) suspended.add(each);
    return {};
  },
  ResumeProcesses: (account, request) => {
    const { suspended } = scalingOf(account, request);
    for (const each of processesOf(request)) suspended.delete(each);
    return {};
  },
  DescribeLifecycleHooks: (account, request) => scalingOf(account, request).describeHooks(),
  CompleteLifecycleAction: (account, request) => {
    const [hook, id] = [parameter(request, "LifecycleHookName"), parameter(request, "InstanceId")];
    scalingOf(account, request).complete(hook, id, parameter(request, "LifecycleActionResult"));
    return {};
  },
  RecordLifecycleActionHeartbeat: (account, request) => {
    const [hook, id] = [parameter(request, "LifecycleHookName"), parameter(request, "InstanceId")];
    scalingOf(account, request).beat(hook, id);
    return {};
  },
};

/** The action that a request asks for. */
export const awsAction = ({ service, action, version }: AwsRequest): AwsAction => {
  const services: Readonly<Record<string, Readonly<Record<string, AwsAction>>>> = {
    elasticloadbalancing: version === "2012-06-01" ? classics : balancing,
    autoscaling: scaling,
    ec2: { DescribeInstances: describeMachines },
  };
  const found = services[service]?.[action];
  if (found !== undefined) return found;
  throw new AwsRefusal(400, "InvalidAction", `Could not find operation ${action} for version ${version}`);
};
