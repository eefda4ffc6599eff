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

const map = (description: string, properties: object): object => ({
  type: "object",
  properties,
  additionalProperties: false,
  description,
});

export const sharedProperties: Readonly<Record<keyof SharedOptions, object>> = {
  shared: { ...sharedList, description: "Paths that outlive releases: links into `<root>/shared`." },
  writable: { ...writableList, description: "Directories that the application may write to." },
  generated: { ...generatedList, description: "Paths that install or the application make: no drift." },
  files: { ...fileList, description: "Files of secrets, written into every release before other commands." },
  check: {
    ...checkSchema,
    description: "How an instance's health is seen from itself: `http` or `command`.",
  },
  env: { ...variables, description: "Variables of every command. They are part of the stored plan." },
  secrets: {
    ...secretsSchema,
    description:
      "Commands read them as `HAWSER_SECRET_<NAME>`. A list of names takes the values from the deployer's environment; a map gives them.",
  },
  user: {
    ...userName,
    description: "the user of the operating system that commands run as; by default the transport's",
  },
};

export const scriptInstallerSchema: Schema<ScriptInstallerOptions> = {
  type: "object",
  properties: {
    prepare: { ...commandList, description: "On the deployer, in the fetched tree, before it is packed." },
    install: { ...commandList, description: "On each instance, in the new release, before it is active." },
    leave: {
      ...commandList,
      description: "On each instance, in the release being left, before the new one becomes active.",
    },
    activate: { ...commandList, description: "On each instance, after the new release became active." },
    rollback: {
      ...commandList,
      description: "On each instance that is put back, in the release being left.",
    },
    once: map("On one instance of the fleet.", {
      before: { ...onceBeforeList, description: "Before the first wave, in the new release." },
      after: { ...onceAfterList, description: "After the last wave, in `current`." },
    }),
    maintenance: map("On each instance, in `current`: the application is away for a while.", {
      on: { ...commandList, description: "Says so." },
      off: { ...commandList, description: "Takes that back." },
    }),
    ...sharedProperties,
  },
  additionalProperties: false,
};
