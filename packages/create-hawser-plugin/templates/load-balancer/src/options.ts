import type { Schema, Secret } from "@hawser/core/plugin";

export interface PoolOptions {
  /** Where the load balancer is told of changes. */
  readonly api: string;
  /** Sent as a bearer token with every request. */
  readonly token?: Secret;
  /** Where the load balancer reaches an instance. Default `http://{address}:80`. */
  readonly member?: string;
  /** How long a member that comes in may take until it is healthy. Default 60000. */
  readonly healthyMs?: number;
}

export const schema: Schema<PoolOptions> = {
  type: "object",
  properties: {
    api: {
      type: "string",
      // A token travels: never in the clear, but to this machine itself.
      pattern: "^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))[^@?#\\s]*$",
      description: "where the load balancer is told of changes; https, or http to this machine itself",
    },
    token: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "sent as a bearer token with every request",
    },
    member: {
      type: "string",
      pattern: "^https?://\\S*\\{(id|address)\\}\\S*$",
      default: "http://{address}:80",
      description: "where the load balancer reaches an instance, with {id} or {address} in it",
    },
    healthyMs: {
      type: "integer",
      minimum: 1000,
      maximum: 600_000,
      default: 60_000,
      description: "how long a member that comes in may take until it is healthy, in milliseconds",
    },
  },
  required: ["api"],
  additionalProperties: false,
};
