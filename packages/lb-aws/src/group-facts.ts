import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsErrors, problemOf } from "@hawser/aws";
import type { Problem } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** What is read once of a target group. */
export interface GroupFacts {
  readonly type: "instance" | "ip";
  readonly port: number;
  readonly isChecked: boolean;
  readonly isInUse: boolean;
  /** A network load balancer's: its connections may outlive the drain. */
  readonly isNetwork: boolean;
}

const networkProtocol = /^(TCP|UDP|TLS|TCP_UDP|QUIC|TCP_QUIC|GENEVE)$/;

export const groupFacts = (label: string, group: TargetGroup | undefined): GroupFacts => {
  if (group === undefined) throw errors.HWS_LB_AWS_NO_GROUP([label]);
  const { TargetType: type, Port: port, Protocol: protocol, LoadBalancerArns: balancers } = group;
  if (type !== "instance" && type !== "ip") throw errors.HWS_LB_AWS_TYPE([label, String(type)]);
  if (port === undefined)
    throw awsErrors.HWS_AWS_ANSWER(["elasticloadbalancing:DescribeTargetGroups", "a group without port"]);
  return {
    type,
    port,
    isChecked: group.HealthCheckEnabled !== false,
    isInUse: (balancers ?? []).length > 0,
    isNetwork: networkProtocol.test(protocol ?? ""),
  };
};

/** The two attributes that say how a member leaves. */
export interface DrainAttributes {
  readonly delayMs: number;
  readonly endsConnections: boolean;
}

export const drainAttributes = (
  attributes: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): DrainAttributes => {
  const attribute = (key: string) => attributes.find(({ Key }) => Key === key)?.Value;
  // AWS waits 300 s where nothing is said.
  const seconds = Number(attribute("deregistration_delay.timeout_seconds") ?? 300);
  return {
    delayMs: seconds * 1000,
    endsConnections: attribute("deregistration_delay.connection_termination.enabled") === "true",
  };
};

/** From here on a drain is worth a word. */
const slowMs = 60_000;

export const groupProblems = (
  label: string,
  facts: GroupFacts,
  { delayMs, endsConnections }: DrainAttributes,
): readonly Problem[] => {
  const problems: Problem[] = [];
  if (!facts.isInUse) problems.push(problemOf(errors.HWS_LB_AWS_NOT_IN_USE([label]), label));
  if (!facts.isChecked) problems.push(problemOf(errors.HWS_LB_AWS_NO_CHECK([label]), label, "warning"));
  if (delayMs > slowMs)
    problems.push(problemOf(errors.HWS_LB_AWS_SLOW_DRAIN([label, delayMs]), label, "warning"));
  if (facts.isNetwork && !endsConnections)
    problems.push(problemOf(errors.HWS_LB_AWS_KEEPS_OPEN([label]), label, "warning"));
  return problems;
};
