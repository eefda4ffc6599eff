import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Instance, Schema } from "@hawser/core/plugin";
import type { SshTarget } from "@hawser/ssh";
import { errors } from "./errors.ts";

export interface SshTransportOptions {
  /** Default: the user who runs Hawser. */
  readonly user?: string;
  /** The port of instances whose inventory names none. Default 22. */
  readonly port?: number;
  /** Path of a private key without a passphrase. */
  readonly privateKey?: string;
  /** `true`: the agent of SSH_AUTH_SOCK; a path: the agent behind that socket. Default: the agent, if no key is given. */
  readonly agent?: boolean | string;
  /** A known_hosts file or several. Default: `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. */
  readonly knownHosts?: string | readonly string[];
  /** Jump hosts, `user@host:port`, a chain by comma, nearest first. */
  readonly jump?: string;
  /** Where the instances' host keys are known from. Default `knownHosts`. */
  readonly hostKeys?: "knownHosts" | "inventory";
  /** `ssh2` (default) needs no program; `openssh` runs the installed ssh, for certificates and hardware keys. */
  readonly driver?: "ssh2" | "openssh";
}

export const sshTransportSchema: Schema<SshTransportOptions> = {
  type: "object",
  properties: {
    user: {
      type: "string",
      minLength: 1,
      description: "The user on the instances; default: who runs Hawser.",
    },
    port: { type: "integer", minimum: 1, maximum: 65535, description: "Default 22." },
    privateKey: { type: "string", minLength: 1, description: "Path of a private key without a passphrase." },
    agent: {
      anyOf: [{ type: "boolean" }, { type: "string", minLength: 1 }],
      description:
        "true: the agent of SSH_AUTH_SOCK; a path: that agent. Default: the agent, if no key is given.",
    },
    knownHosts: {
      anyOf: [
        { type: "string", minLength: 1 },
        { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 },
      ],
      description: "A known_hosts file or several; default ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts.",
    },
    jump: { type: "string", minLength: 1, description: "Jump hosts, user@host:port, a chain by comma." },
    hostKeys: {
      enum: ["knownHosts", "inventory"],
      description: "Where host keys are known from; default knownHosts.",
    },
    driver: {
      enum: ["ssh2", "openssh"],
      description: "Default ssh2; openssh runs the installed ssh program.",
    },
  },
  additionalProperties: false,
};

/** Relative paths start at the config file's folder, `~/` at the user's home. */
const absolute = (path: string, baseDirectory: string): string =>
  path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(baseDirectory, path);

/** What all instances have in common. */
export const commonTarget = (
  options: SshTransportOptions,
  baseDirectory: string,
): Omit<SshTarget, "host"> => {
  const { user, port, privateKey, agent, knownHosts, jump } = options;
  const files = typeof knownHosts === "string" ? [knownHosts] : knownHosts;
  return {
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
    ...(privateKey !== undefined && { privateKey: absolute(privateKey, baseDirectory) }),
    ...(agent !== undefined && { agent: typeof agent === "string" ? absolute(agent, baseDirectory) : agent }),
    ...(files !== undefined && { knownHosts: files.map((file) => absolute(file, baseDirectory)) }),
    ...(jump !== undefined && { jump }),
  };
};

/** One instance as a target. With `hostKeys: inventory` its own keys are the only ones believed. */
export const targetOf = (
  instance: Instance,
  common: Omit<SshTarget, "host">,
  hostKeys: SshTransportOptions["hostKeys"],
): SshTarget => {
  const target = {
    ...common,
    host: instance.address,
    ...(instance.port !== undefined && { port: instance.port }),
  };
  if (hostKeys !== "inventory") return target;
  if (instance.hostKeys === undefined || instance.hostKeys.length === 0)
    throw errors.HWS_TRANSPORT_NO_HOST_KEYS([instance.id]);
  return { ...target, hostKeys: instance.hostKeys };
};
