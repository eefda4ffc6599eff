import { commandName, userName } from "./command-options.ts";
import { octalMode } from "./path-options.ts";
import { secretName } from "./secrets.ts";

/** A file of secrets that every release gets at install. */
export interface FileOptions {
  /** Relative to the release. */
  readonly path: string;
  /** The name of the secret that is the file's whole content. Either this or `variables`. */
  readonly secret?: string;
  /** Names of secrets, each a line `NAME="value"`. */
  readonly variables?: readonly string[];
  /** Default: the transport's user. */
  readonly owner?: string;
  readonly group?: string;
  /** Octal. Default `0600`. */
  readonly mode?: string;
  /** The name of the command that writes it. Default: `file-` and the path, with `-` for `/`. */
  readonly name?: string;
}

const members = {
  path: { type: "string", minLength: 1, description: "Relative to the release." },
  secret: {
    type: "string",
    pattern: secretName,
    description: "a secret's name, in capitals: its value is the whole file",
  },
  variables: {
    type: "array",
    minItems: 1,
    uniqueItems: true,
    items: { type: "string", pattern: secretName },
    description: 'Names of secrets, each a line `NAME="value"`. Either this or `secret`.',
  },
  owner: { ...userName, description: "a user of the operating system; by default the transport's" },
  group: { ...userName, description: "a group of the operating system" },
  mode: { ...octalMode, default: "0600" },
  name: {
    type: "string",
    pattern: commandName,
    description: "the name of the command that writes it; by default `file-` and the path, with `-` for `/`",
  },
};

export const fileList: object = {
  type: "array",
  items: { type: "object", properties: members, required: ["path"], additionalProperties: false },
};
