import { isIP } from "node:net";
import type { Instance } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

const ec2Id = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/** The EC2 id of an instance, which is its id in an inventory of AWS. */
export const ec2IdOf = (where: string, { id }: Instance): string => {
  if (!ec2Id.test(id)) throw errors.HWS_LB_AWS_NOT_EC2([where, id]);
  return id;
};

/** What names an instance in a target group of a type. */
export const targetIdOf = (where: string, type: "instance" | "ip", instance: Instance): string => {
  if (type === "instance") return ec2IdOf(where, instance);
  if (isIP(instance.address) === 0)
    throw errors.HWS_LB_AWS_NOT_ADDRESS([where, instance.id, instance.address]);
  return instance.address;
};
