import { phasesOfDeploy } from "@hawser/core/plugin";
import {
  commandMembers,
  commandName,
  commandText,
  maintenanceMember,
  type OnceBeforeOptions,
  onceMembers,
} from "./command-options.ts";
import { type SharedOptions, sharedProperties } from "./options.ts";
import type { Phase } from "./phases.ts";

/** What a config changes of a recipe's command, or all of a command that it adds. */
export interface CommandChange extends Partial<Omit<OnceBeforeOptions, "name">> {
  /** Where a new command stands; of one of the recipe's: where it goes. */
  readonly phase?: Phase;
  /** The key of the command before which it stands. Default: at the end of its phase. */
  readonly before?: string;
  readonly after?: string;
}

/** What every recipe takes beside its own options. */
export interface CommonOptions extends SharedOptions {
  /** By key: false skips a command, a text or a map changes one or adds one. */
  readonly commands?: Readonly<Record<string, false | string | CommandChange>>;
}

/** The options of a recipe as a config gives them. */
export type RecipeOptions<O> = O & CommonOptions;

const change = {
  type: "object",
  properties: {
    ...commandMembers,
    ...onceMembers,
    ...maintenanceMember,
    phase: {
      type: "string",
      enum: phasesOfDeploy,
      description: "Where a new command stands; of one of the recipe's: where it goes.",
    },
    before: {
      type: "string",
      pattern: commandName,
      description: "the key of a command of the phase: this one stands before it",
    },
    after: {
      type: "string",
      pattern: commandName,
      description: "the key of a command of the phase: this one stands after it",
    },
  },
  additionalProperties: false,
};

export const commonProperties: Readonly<Record<keyof CommonOptions, object>> = {
  ...sharedProperties,
  commands: {
    type: "object",
    propertyNames: { pattern: commandName },
    additionalProperties: { anyOf: [{ type: "boolean", const: false }, commandText, change] },
    description: "By key: false skips a command of the recipe, a text or a map changes it or adds one.",
  },
};
