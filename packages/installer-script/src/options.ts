import type { Schema, Secret } from "@hawser/core/plugin";
import { type CheckOptions, checkSchema } from "./check-options.ts";
import {
  type Command,
  commandList,
  type OnceBeforeCommand,
  type OnceCommand,
  onceAfterList,
  onceBeforeList,
  userName,
  variables,
} from "./command-options.ts";
import { type FileOptions, fileList } from "./file-options.ts";
import {
  generatedList,
  type SharedPath,
  sharedList,
  type WritablePath,
  writableList,
} from "./path-options.ts";
import { secretsSchema } from "./secrets.ts";

/** What every installer of commands may be told, whatever its commands are. */
export interface SharedOptions {
  readonly shared?: readonly (string | SharedPath)[];
  readonly writable?: readonly (string | WritablePath)[];
  readonly generated?: readonly string[];
  /** Files of secrets, written before the other commands of `install`. */
  readonly files?: readonly FileOptions[];
  readonly check?: CheckOptions;
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Commands read them as `HAWSER_SECRET_<NAME>`. A list of names takes the values from the deployer's environment;
   * a map gives them: `{ APP_KEY: "${env:SHOP_KEY}" }`.
   */
  readonly secrets?: readonly string[] | Readonly<Record<string, string | Secret>>;
  /** The operating-system user that commands run as. Default: the transport's. */
  readonly user?: string;
}

export interface ScriptInstallerOptions extends SharedOptions {
  /** On the deployer, in the fetched tree, before it is packed. */
  readonly prepare?: readonly Command[];
  /** On each instance, in the new release, before it is active. */
  readonly install?: readonly Command[];
  /** On each instance, in the release being left, before the new one becomes active. */
  readonly leave?: readonly Command[];
  /** On each instance, after the new release became active. */
  readonly activate?: readonly Command[];
  /** On each instance that is put back, in the release being left. */
  readonly rollback?: readonly Command[];
  /** On one instance of the fleet. */
  readonly once?: { readonly before?: readonly OnceBeforeCommand[]; readonly after?: readonly OnceCommand[] };
  /** On each instance, in the active release: says that the application is away for a while, and takes that back. */
  readonly maintenance?: { readonly on?: readonly Command[]; readonly off?: readonly Command[] };
}

const map = (properties: object): object => ({ type: "object", properties, additionalProperties: false });

export const sharedProperties: Readonly<Record<keyof SharedOptions, object>> = {
  shared: sharedList,
  writable: writableList,
  generated: generatedList,
  files: fileList,
  check: checkSchema,
  env: variables,
  secrets: secretsSchema,
  user: userName,
};

export const scriptInstallerSchema: Schema<ScriptInstallerOptions> = {
  type: "object",
  properties: {
    prepare: commandList,
    install: commandList,
    leave: commandList,
    activate: commandList,
    rollback: commandList,
    once: map({ before: onceBeforeList, after: onceAfterList }),
    maintenance: map({ on: commandList, off: commandList }),
    ...sharedProperties,
  },
  additionalProperties: false,
};
