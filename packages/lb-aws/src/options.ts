import { type AwsAccess, accessProperties } from "@hawser/aws";
import type { Schema } from "@hawser/core/plugin";

export interface AwsLoadBalancerOptions extends AwsAccess {
  readonly targetGroupArn?: string | readonly string[];
  readonly classicName?: string;
  readonly port?: number;
  readonly availabilityZone?: string;
  readonly readyTimeoutMs?: number;
}

const arn = { type: "string", minLength: 1, description: "The ARN of a target group." } as const;

export const schema: Schema<AwsLoadBalancerOptions> = {
  type: "object",
  properties: {
    targetGroupArn: {
      anyOf: [arn, { type: "array", items: arn, minItems: 1, uniqueItems: true }],
      description: "The target group of the instances, or several in step. Either this or classicName.",
    },
    classicName: {
      type: "string",
      minLength: 1,
      description: "The name of a classic load balancer. Either this or targetGroupArn.",
    },
    port: {
      type: "integer",
      minimum: 1,
      maximum: 65_535,
      description: "The application's port on the instances. Default: the target group's.",
    },
    availabilityZone: {
      type: "string",
      minLength: 1,
      description:
        "For addresses outside of the load balancer's network: `all`. Default: AWS finds the zone.",
    },
    readyTimeoutMs: {
      type: "integer",
      minimum: 1,
      default: 300_000,
      description: "How long a joining member may take until the load balancer finds it healthy.",
    },
    ...accessProperties,
  },
  additionalProperties: false,
};
