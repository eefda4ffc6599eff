import { type AwsAccess, accessProperties } from "@hawser/aws";
import type { Schema } from "@hawser/core/plugin";
import { processNames } from "./processes.ts";

export type AddressType = "private" | "public" | "dns";

export interface ScalingGroupOption {
  readonly autoScalingGroup: string;
  readonly roles?: readonly string[];
}

export interface AwsInventoryOptions extends AwsAccess {
  readonly autoScalingGroup?: string;
  readonly groups?: readonly ScalingGroupOption[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly roles?: readonly string[];
  readonly roleTag?: string;
  readonly hostKeyTag?: string;
  readonly addressType?: AddressType;
  readonly lifecycleHook?: string;
  readonly suspend?: readonly string[];
}

const groupName = { type: "string", minLength: 1, description: "The name of an autoscaling group." } as const;
const roles = { type: "array", minItems: 1, uniqueItems: true, items: { type: "string" } } as const;

export const schema: Schema<AwsInventoryOptions> = {
  type: "object",
  properties: {
    autoScalingGroup: {
      ...groupName,
      description: "The autoscaling group of the instances. One of this, groups and tags.",
    },
    groups: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: {
          autoScalingGroup: groupName,
          roles: { ...roles, description: "The roles of its instances. Default: the `roles` of all." },
        },
        required: ["autoScalingGroup"],
        additionalProperties: false,
      },
      description: "Several autoscaling groups, each with the roles of its instances.",
    },
    tags: {
      type: "object",
      additionalProperties: { type: "string" },
      description: "Instances that have all of these tags, whatever started them.",
    },
    roles: { ...roles, description: "The roles of every instance. Default: [web]." },
    roleTag: {
      type: "string",
      minLength: 1,
      description: "A tag of the instances whose value is their roles, with commas between.",
    },
    hostKeyTag: {
      type: "string",
      minLength: 1,
      description: "A tag of the instances whose value is their public host key, `ssh-ed25519 AAAA…`.",
    },
    addressType: {
      type: "string",
      enum: ["private", "public", "dns"],
      default: "private",
      description: "The private or public IP address, or the DNS name: the public one, else the private one.",
    },
    lifecycleHook: {
      type: "string",
      minLength: 1,
      description: "The launching hook that holds new instances until their release is verified.",
    },
    suspend: {
      type: "array",
      minItems: 1,
      uniqueItems: true,
      items: { type: "string", enum: [...processNames] },
      description: "Processes of the groups that a run suspends while it is at work. Default: none.",
    },
    ...accessProperties,
  },
  additionalProperties: false,
};
