import type { Schema } from "@hawser/core/plugin";

export interface StaticInstance {
  /** Default: the address, with what the grammar of ids lacks replaced by `-`. */
  readonly id?: string;
  /** Host name or IP address. Default: the id. */
  readonly address?: string;
  /** The port of the transport. */
  readonly port?: number;
  /** The deploy root on this instance. Default: the config's. */
  readonly root?: string;
  /** Default `["web"]`. */
  readonly roles?: readonly string[];
  /** Host keys in the form `ssh-ed25519 AAAA…`. */
  readonly hostKeys?: readonly string[];
}

export interface StaticInventoryOptions {
  /** A string is an address. */
  readonly instances?: readonly (string | StaticInstance)[];
  /** A YAML or JSON file with the same list, read at each look. */
  readonly file?: string;
}

const instance = {
  type: "object",
  properties: {
    id: { type: "string", description: "Unique. Default: the address, with `-` for what ids lack." },
    address: { type: "string", description: "Host name or IP address. Default: the id." },
    port: { type: "integer", minimum: 1, maximum: 65_535, description: "The transport's port." },
    root: { type: "string", description: "The deploy root on this instance. Default: the config's." },
    roles: {
      type: "array",
      minItems: 1,
      items: { type: "string" },
      default: ["web"],
      description: "The instance's roles.",
    },
    hostKeys: {
      type: "array",
      items: { type: "string" },
      description: "Its public host keys, `ssh-ed25519 AAAA…`.",
    },
  },
  additionalProperties: false,
};

export const staticInventorySchema: Schema<StaticInventoryOptions> = {
  type: "object",
  properties: {
    instances: {
      type: "array",
      minItems: 1,
      items: { anyOf: [{ type: "string" }, instance] },
      description: "The instances; a text is an address. Either this or `file`.",
    },
    file: {
      type: "string",
      minLength: 1,
      path: true,
      description: "A YAML or JSON file with the same list, read at each look.",
    },
  },
  additionalProperties: false,
};
