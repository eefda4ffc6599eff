import type { Schema, Secret } from "@hawser/core/plugin";

export interface ComposeOptions {
  /** The name that Compose gives its containers; the same for every release. */
  readonly project: string;
  /** The Compose file, in the release. Default `compose.yaml`. */
  readonly file?: string;
  /** Asked on the instance after the switch. Default: nothing is asked. */
  readonly health?: string;
  /** The registry to log in to, with `username` and `password`. Default: none. */
  readonly registry?: string;
  readonly username?: string;
  readonly password?: Secret;
}

export const schema: Schema<ComposeOptions> = {
  type: "object",
  properties: {
    project: {
      type: "string",
      pattern: "^[a-z0-9][a-z0-9_-]{0,62}$",
      description: "the name that Compose gives its containers; the same for every release",
    },
    file: {
      type: "string",
      pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$",
      default: "compose.yaml",
      description: "the Compose file, in the release",
    },
    health: {
      type: "string",
      pattern: "^https?://\\S+$",
      description: "asked on the instance after the switch, until it answers 200 to 399",
    },
    registry: {
      type: "string",
      pattern: "^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?$",
      description: "the registry to log in to, with username and password",
    },
    username: { type: "string", minLength: 1, description: "of the registry" },
    password: { type: "string", minLength: 1, secret: true, description: "of the registry" },
  },
  required: ["project"],
  additionalProperties: false,
};
