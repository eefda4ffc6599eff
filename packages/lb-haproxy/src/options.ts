import type { Schema } from "@hawser/core/plugin";

export interface HaproxyOptions {
  /** Where the runtime API listens: `/path`, `tcp://host:port`, `ssh://user@host[:port]/path`, or several. */
  readonly socket: string | readonly string[];
  /** The backend that holds the instances. */
  readonly backend: string;
  /** The name of an instance's server: a template of `{id}` and `{address}`. Default `{id}`. */
  readonly server?: string;
  /** The application's port: with it, an instance that HAProxy does not know is added at run time. */
  readonly port?: number;
  /** How long a joining server may take until HAProxy's checks pass. Default 60 s. */
  readonly readyTimeoutMs?: number;
  /** For `ssh://`: the file of the private key. Default: the agent. */
  readonly privateKey?: string;
  /** For `ssh://`: the known_hosts file. */
  readonly knownHosts?: string;
  /** For `ssh://`: `[user@]host[:port]` of a bastion. */
  readonly jump?: string;
}

const socket = {
  type: "string",
  minLength: 1,
  description:
    "`/path`, `tcp://host:port` or `ssh://user@host[:port]/path` of a `stats socket` with level admin",
} as const;

export const schema: Schema<HaproxyOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["socket", "backend"],
  properties: {
    socket: { anyOf: [socket, { type: "array", items: socket, minItems: 1, uniqueItems: true }] },
    backend: { type: "string", minLength: 1, description: "the backend that holds the instances" },
    server: {
      type: "string",
      minLength: 1,
      default: "{id}",
      description: "the name of an instance's server: a template of `{id}` and `{address}`",
    },
    port: {
      type: "integer",
      minimum: 1,
      maximum: 65535,
      description:
        "the application's port: with it, an instance that HAProxy does not know is added at run time",
    },
    readyTimeoutMs: {
      type: "integer",
      minimum: 1,
      default: 60_000,
      description: "how long a joining server may take until HAProxy's checks pass",
    },
    privateKey: {
      type: "string",
      path: true,
      description: "for `ssh://`: the file of the private key; default: the agent",
    },
    knownHosts: { type: "string", path: true, description: "for `ssh://`: the known_hosts file" },
    jump: { type: "string", description: "for `ssh://`: `[user@]host[:port]` of a bastion" },
  },
};
