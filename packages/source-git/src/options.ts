import type { Schema, Secret } from "@hawser/core/plugin";

export interface GitSourceOptions {
  readonly url: string;
  readonly ref?: string;
  readonly privateKey?: string;
  readonly knownHosts?: string;
  readonly token?: Secret;
  readonly ca?: string;
  readonly subdirectory?: string;
  readonly submodules?: boolean;
}

export const schema: Schema<GitSourceOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      minLength: 1,
      description:
        "The repository: https://, ssh://, user@host:path, file:// or an absolute path. Never with a password.",
    },
    ref: {
      type: "string",
      minLength: 1,
      description:
        "The branch, tag or commit that is deployed when none is asked for. Default: the repository's own default branch.",
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
    token: {
      type: "string",
      secret: true,
      description: "HTTPS: the token or password. A user name may stand in the URL.",
    },
    ca: {
      type: "string",
      path: true,
      description:
        "HTTPS: a file with the certificates of the authorities that are trusted (PEM). Default: the system's.",
    },
    subdirectory: {
      type: "string",
      minLength: 1,
      description:
        "The directory of the repository that becomes the root of the application. Default: the whole tree.",
    },
    submodules: {
      type: "boolean",
      default: false,
      description:
        "Fetch submodules too, by the same URL rules. The token goes only to the repository's own host.",
    },
  },
  required: ["url"],
  additionalProperties: false,
};
