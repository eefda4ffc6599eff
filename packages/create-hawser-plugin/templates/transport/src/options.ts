import type { Schema, Secret } from "@hawser/core/plugin";

export interface CommandOptions {
  /** The program and its arguments; `{id}` and `{address}` stand for those of the instance. */
  readonly command: readonly string[];
  /** Variables of the program's environment, beside `PATH` and `HOME`. Default none. */
  readonly env?: Readonly<Record<string, Secret>>;
}

export const schema: Schema<CommandOptions> = {
  type: "object",
  properties: {
    command: {
      type: "array",
      items: { type: "string", minLength: 1 },
      minItems: 2,
      // Otherwise every instance would be the same one.
      contains: { type: "string", pattern: "\\{(id|address)\\}" },
      description: "the program and its arguments, with {id} or {address} in one of them",
    },
    env: {
      type: "object",
      propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
      additionalProperties: { type: "string", secret: true },
      default: {},
      description: "variables of the program's environment, beside PATH and HOME",
    },
  },
  required: ["command"],
  additionalProperties: false,
};
