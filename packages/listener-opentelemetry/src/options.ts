import type { Schema } from "@hawser/core/plugin";

export interface OpenTelemetryOptions {
  /** More attributes of every span. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Whether each instance has spans of its own. Default true. */
  readonly instances?: boolean;
}

export const schema: Schema<OpenTelemetryOptions> = {
  type: "object",
  properties: {
    attributes: {
      type: "object",
      propertyNames: { pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,127}$" },
      additionalProperties: { type: "string" },
      default: {},
      description: "More attributes of every span, such as `team` or `service.namespace`.",
    },
    instances: {
      type: "boolean",
      default: true,
      description:
        "Whether each instance has spans of its own: up to three in a run. Without them, what goes wrong on one is an event of the step or wave.",
    },
  },
  additionalProperties: false,
};
