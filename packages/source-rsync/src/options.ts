import type { Schema, Secret } from "@hawser/core/plugin";

export interface RsyncSourceOptions {
  readonly url: string;
  readonly port?: number;
  readonly privateKey?: string;
  readonly knownHosts?: string;
  readonly password?: Secret;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly stripComponents?: number;
  readonly maxBytes?: number;
}

export const schema: Schema<RsyncSourceOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      minLength: 1,
      description:
        "rsync://user@host/module/path of a daemon, user@host:path or ssh://user@host:port/path over SSH. A path that ends in an archive's name is that archive; any other is a directory.",
    },
    port: {
      type: "integer",
      minimum: 1,
      maximum: 65_535,
      description: "The server's port, when it is not in the URL. Default: 873 for a daemon, 22 for SSH.",
    },
    privateKey: {
      type: "string",
      path: true,
      description:
        "SSH: the file of the private key. Only this key is offered. Default: the agent and the user's own keys.",
    },
    knownHosts: {
      type: "string",
      path: true,
      description: "SSH: the file with the host keys. Default: ~/.ssh/known_hosts.",
    },
    password: {
      type: "string",
      secret: true,
      description: "Daemon: the password of the user in the URL.",
    },
    include: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: [],
      description: "Patterns of rsync that are taken though `exclude` has them too; looked at first.",
    },
    exclude: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: [],
      description: "Patterns of rsync that are left out. `/` at the beginning stands for the tree's root.",
    },
    stripComponents: {
      type: "integer",
      minimum: 0,
      default: 0,
      description: "Of an archive: how many leading parts of each path are dropped.",
    },
    maxBytes: {
      type: "integer",
      minimum: 1,
      default: 17_179_869_184,
      description: "How large the tree or the archive may be. Default: 16 GiB.",
    },
  },
  required: ["url"],
  additionalProperties: false,
};

export const defaultMaxBytes: number = 16 * 2 ** 30;
