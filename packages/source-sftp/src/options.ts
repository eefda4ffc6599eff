import type { Schema, Secret } from "@hawser/core/plugin";

export interface SftpSourceOptions {
  readonly host: string;
  readonly port?: number;
  readonly path: string;
  readonly user?: string;
  readonly privateKey?: string;
  readonly agent?: boolean | string;
  readonly password?: Secret;
  readonly knownHosts?: string | readonly string[];
  readonly jump?: string;
  readonly exclude?: readonly string[];
  readonly stripComponents?: number;
  readonly connections?: number;
}

export const schema: Schema<SftpSourceOptions> = {
  type: "object",
  properties: {
    host: { type: "string", minLength: 1, description: "The SSH server: a name or an address." },
    port: { type: "integer", minimum: 1, maximum: 65_535, description: "Default 22." },
    path: {
      type: "string",
      minLength: 1,
      description:
        "The directory, or the archive (.tar, .tar.gz, .tgz, .tar.zst, .zip), as the SFTP server names it. A relative one starts where the login does.",
    },
    user: { type: "string", minLength: 1, description: "Default: who runs Hawser." },
    privateKey: {
      type: "string",
      minLength: 1,
      path: true,
      description: "The file of a private key without a passphrase.",
    },
    agent: {
      anyOf: [{ type: "boolean" }, { type: "string", minLength: 1, path: true }],
      description:
        "true: the agent of SSH_AUTH_SOCK; a path: that agent. Default: the agent, if neither key nor password is given.",
    },
    password: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "The user's password; never sent to a jump host.",
    },
    knownHosts: {
      anyOf: [
        { type: "string", minLength: 1, path: true },
        { type: "array", items: { type: "string", minLength: 1, path: true }, minItems: 1 },
      ],
      description: "A known_hosts file or several; default ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts.",
    },
    jump: { type: "string", minLength: 1, description: "Jump hosts, user@host:port, a chain by comma." },
    exclude: {
      type: "array",
      items: { type: "string", minLength: 1 },
      description:
        "Of a directory: paths that are left out. `*` and `?` stand for characters of one name, `**` for any number of directories. A directory is left out whole.",
    },
    stripComponents: {
      type: "integer",
      minimum: 0,
      maximum: 32,
      description: "Of an archive: how many leading parts of each path are dropped. Default 0.",
    },
    connections: {
      type: "integer",
      minimum: 1,
      maximum: 8,
      description: "Of a directory: how many connections carry its files. Default 2.",
    },
  },
  required: ["host", "path"],
  additionalProperties: false,
};
