import type { Schema, Secret } from "@hawser/core/plugin";

/** A JSON object of one's own; `{{name}}` in its texts stands for a fact of the event. */
export type OwnTemplate = Readonly<Record<string, unknown>>;

export interface WebhookOptions {
  readonly url: Secret;
  readonly template?: "slack" | "teams" | "json" | OwnTemplate;
  readonly headers?: Readonly<Record<string, Secret>>;
  readonly timeoutMs?: number;
  readonly ca?: string;
  readonly allowPlaintext?: boolean;
}

export const schema: Schema<WebhookOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      secret: true,
      description: "Where to post: an https:// URL. Who knows it may post, so that it is a secret.",
    },
    template: {
      anyOf: [{ enum: ["slack", "teams", "json"] }, { type: "object" }],
      default: "json",
      description:
        "The shape of what is posted: Slack's incoming webhooks, Teams' workflows, the whole event as JSON, or a JSON object of one's own with {{text}} and other facts in its texts.",
    },
    headers: {
      type: "object",
      additionalProperties: { type: "string", secret: true },
      default: {},
      description: "More headers, such as `Authorization`.",
    },
    timeoutMs: {
      type: "integer",
      minimum: 100,
      maximum: 4500,
      default: 4000,
      description: "How long one notification may take, all tries included.",
    },
    ca: {
      type: "string",
      path: true,
      description:
        "A file with the certificates of the authorities that are trusted (PEM). Default: Node's own.",
    },
    allowPlaintext: {
      type: "boolean",
      default: false,
      description: "Allow http:// to another machine.",
    },
  },
  required: ["url"],
  additionalProperties: false,
};
