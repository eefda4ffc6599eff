import type { Schema, Secret } from "@hawser/core/plugin";

export interface SvnSourceOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly revision?: string;
  readonly subdirectory?: string;
  readonly ca?: string;
  readonly privateKey?: string;
  readonly knownHosts?: string;
}

export const schema: Schema<SvnSourceOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      minLength: 1,
      description:
        "A folder of the repository: svn://, svn+ssh://, https:// or http://. The project, or its trunk, a branch or a tag. Never with a password.",
    },
    username: {
      type: "string",
      minLength: 1,
      description: "Who logs in. Default: the user name in the URL, else nobody does.",
    },
    password: {
      type: "string",
      secret: true,
      description: "The password for svn://, http:// and https://.",
    },
    revision: {
      type: "string",
      minLength: 1,
      description:
        "What is deployed when nothing is asked for: trunk, branches/NAME, tags/NAME, a number, or PATH@NUMBER. Default: the newest state of the URL.",
    },
    subdirectory: {
      type: "string",
      minLength: 1,
      description:
        "The folder inside the trunk, branch or tag that becomes the root of the application. Default: all of it.",
    },
    ca: {
      type: "string",
      path: true,
      description:
        "HTTPS: a file with the certificates of the authorities that are trusted (PEM). Default: the system's.",
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
  },
  required: ["url"],
  additionalProperties: false,
};
