import type { Schema, Secret } from "@hawser/core/plugin";

export interface RegisterOptions {
  /** Where the register has its groups. */
  readonly url: string;
  /** Whose machines are the instances. */
  readonly group: string;
  /** Sent as a bearer token with every request. */
  readonly token?: Secret;
}

export const schema: Schema<RegisterOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      // A token travels: never in the clear, but to this machine itself.
      pattern: "^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))[^@?#\\s]*$",
      description: "where the register has its groups; https, or http to this machine itself",
    },
    group: {
      type: "string",
      pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
      description: "whose machines are the instances",
    },
    token: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "sent as a bearer token with every request",
    },
  },
  required: ["url", "group"],
  additionalProperties: false,
};
