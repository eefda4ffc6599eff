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
  path: { type: "string", minLength: 1 },
  secret: { type: "string", pattern: secretName },
  variables: {
    type: "array",
    minItems: 1,
    uniqueItems: true,
    items: { type: "string", pattern: secretName },
  },
  owner: userName,
  group: userName,
  mode: octalMode,
  name: { type: "string", pattern: commandName },
};

export const fileList: object = {
  type: "array",
  items: { type: "object", properties: members, required: ["path"], additionalProperties: false },
};
