import type { Schema } from "@hawser/core/plugin";
import { type ServersOption, serversSchema } from "./servers-option.ts";
import type { SlowStart } from "./slow-start.ts";

export interface HaproxyOptions {
  /** Where the runtime API listens: `/path`, `tcp://host:port`, `ssh://user@host[:port]/path`, or several. */
  readonly socket: string | readonly string[];
  /** The backend that holds the instances. */
  readonly backend: string;
  /** The name of an instance's server: a template of `{id}` and `{address}`. Default `{id}`. */
  readonly server?: string;
  /** The application's port, for servers that are added or slots. */
  readonly port?: number;
  /** How servers stand for instances. Default: `mode: add` with a `port`, else `mode: fixed`. */
  readonly servers?: ServersOption;
  /** How a joining member comes to its whole weight. Default: at once. */
  readonly slowStart?: SlowStart;
  /** The `server-state-file` of haproxy.cfg: written after every change, so that a reload forgets none. */
  readonly stateFile?: string;
  /** haproxy.cfg, which `doctor` looks at where it can read it. Default `/etc/haproxy/haproxy.cfg`. */
  readonly configFile?: string;
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

// A path of the load balancer's machine: not of the config's folder. Nothing in it means anything to a shell.
const remotePath = "^(?!.*/\\.\\.?(/|$))/[A-Za-z0-9_./@+-]{1,200}$";

export const schema: Schema<HaproxyOptions> = {
  type: "object",
  additionalProperties: false,
  required: ["socket", "backend"],
  properties: {
    socket: {
      anyOf: [socket, { type: "array", items: socket, minItems: 1, uniqueItems: true }],
      description: "where the runtime API listens, or several that are kept in step",
    },
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
      description: "the application's port, for servers that are added at run time and for slots",
    },
    servers: serversSchema,
    slowStart: {
      type: "object",
      additionalProperties: false,
      required: ["steps", "everyMs"],
      description: "how a joining member comes to its whole weight; default: at once",
      properties: {
        steps: {
          type: "array",
          minItems: 1,
          maxItems: 20,
          items: { type: "integer", minimum: 1, maximum: 100 },
          description: "shares of the weight of haproxy.cfg in percent, rising to 100",
        },
        everyMs: {
          type: "integer",
          minimum: 1,
          maximum: 3_600_000,
          description: "how long each share lasts",
        },
      },
    },
    stateFile: {
      type: "string",
      pattern: remotePath,
      description:
        "the `server-state-file` of haproxy.cfg on the load balancer's machine: written after every change, so that a reload forgets none",
    },
    configFile: {
      type: "string",
      pattern: remotePath,
      default: "/etc/haproxy/haproxy.cfg",
      description: "haproxy.cfg on the load balancer's machine, which `doctor` looks at where it can read it",
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
