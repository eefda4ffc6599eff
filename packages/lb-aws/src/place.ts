import { errors } from "./errors.ts";
import type { AwsLoadBalancerOptions } from "./options.ts";

/** What the options come to: groups of one region, or a classic load balancer. */
export type Place =
  | { readonly kind: "groups"; readonly arns: readonly string[]; readonly region: string }
  | { readonly kind: "classic"; readonly name: string };

const groupArn =
  /^arn:aws[a-z-]{0,20}:elasticloadbalancing:([a-z0-9-]{1,60}):[0-9]{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[A-Za-z0-9]{1,64}$/;
const classicName = /^[A-Za-z0-9-]{1,32}$/;

const refuse = (option: keyof AwsLoadBalancerOptions, why: string): never => {
  throw errors.HWS_LB_AWS_OPTION([option, why]);
};

/** Reads the options, and refuses what cannot be meant before anything is loaded or sent. */
export const placeOf = (options: AwsLoadBalancerOptions): Place => {
  const { targetGroupArn: given, classicName: name, port, availabilityZone } = options;
  if (given !== undefined && name !== undefined)
    return refuse("classicName", "targetGroupArn is given too: one block is one of the two");
  if (name !== undefined) {
    if (!classicName.test(name)) refuse("classicName", "it is not the name of a classic load balancer");
    if (port !== undefined) refuse("port", "the listeners of a classic load balancer name the port");
    if (availabilityZone !== undefined) refuse("availabilityZone", "it belongs to target groups");
    return { kind: "classic", name };
  }
  if (given === undefined) return refuse("targetGroupArn", "neither it nor classicName is given");
  const arns = typeof given === "string" ? [given] : given;
  return { kind: "groups", arns, region: regionOf(arns, options.region) };
};

/** A group's region is in its name. */
const regionOf = (arns: readonly string[], region: string | undefined): string => {
  const regions = arns.map(
    (arn) =>
      groupArn.exec(arn)?.[1] ??
      refuse("targetGroupArn", `${JSON.stringify(arn.slice(0, 200))} is not the ARN of a target group`),
  );
  const [first = "", ...others] = regions;
  const other = others.find((each) => each !== first);
  if (other !== undefined) refuse("targetGroupArn", `the groups are in ${first} and in ${other}`);
  if (region !== undefined && region !== first) refuse("region", `the target group is in ${first}`);
  return first;
};
