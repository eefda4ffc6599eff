import type { Schema, Secret } from "@hawser/core/plugin";

export interface ObjectOptions {
  /** Where the server has its objects. */
  readonly url: string;
  /** Sent as a bearer token with every request. */
  readonly token?: Secret;
  /** One that may only read, for instances that provision themselves. Default: none does. */
  readonly readToken?: Secret;
}

export const schema: Schema<ObjectOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      // Source code and a token travel: never in the clear, but to this machine itself.
      pattern: "^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))[^@?#\\s]*$",
      description: "where the server has its objects; https, or http to this machine itself",
    },
    token: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "sent as a bearer token with every request",
    },
    readToken: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "one that may only read: instances that provision themselves get it in their boot script",
    },
  },
  required: ["url"],
  additionalProperties: false,
};
