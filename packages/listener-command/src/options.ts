import type { Schema, Secret } from "@hawser/core/plugin";

export interface CommandListenerOptions {
  /** The program and its arguments; no shell reads them. */
  readonly argv?: readonly string[];
  /** In place of `argv`: a text for one `sh -c`. */
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly timeoutMs?: number;
}

const variable = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";

export const schema: Schema<CommandListenerOptions> = {
  type: "object",
  properties: {
    argv: {
      type: "array",
      minItems: 1,
      items: { type: "string" },
      description:
        "The program and its arguments. A path with a slash starts at the config file's folder; no shell reads it.",
    },
    run: {
      type: "string",
      minLength: 1,
      description: "In place of `argv`: a text for one `sh -c`. Nothing is put into it.",
    },
    env: {
      type: "object",
      propertyNames: { pattern: variable },
      additionalProperties: { type: "string" },
      default: {},
      description: "More variables of the environment.",
    },
    secrets: {
      type: "object",
      propertyNames: { pattern: variable },
      additionalProperties: { type: "string", secret: true },
      default: {},
      description: "Variables whose values are secrets, such as a token of the service that is told.",
    },
    timeoutMs: {
      type: "integer",
      minimum: 100,
      maximum: 4500,
      default: 4000,
      description: "How long it may take for one event; then it is killed with all that it started.",
    },
  },
  anyOf: [{ required: ["argv"] }, { required: ["run"] }],
  additionalProperties: false,
};
