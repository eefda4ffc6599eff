import type { Schema, Secret } from "@hawser/core/plugin";

export interface AnnotationOptions {
  /** Grafana's address. */
  readonly url: string;
  /** Of a service account that may write annotations. */
  readonly token: Secret;
  /** More tags of each annotation. Default none. */
  readonly tags?: readonly string[];
}

export const schema: Schema<AnnotationOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      // A token travels: never in the clear, but to this machine itself.
      pattern: "^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))[^@?#\\s]*$",
      description: "Grafana's address; https, or http to this machine itself",
    },
    token: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "of a service account that may write annotations",
    },
    tags: {
      type: "array",
      items: { type: "string", minLength: 1, maxLength: 100 },
      maxItems: 20,
      default: [],
      description: "more tags of each annotation",
    },
  },
  required: ["url", "token"],
  additionalProperties: false,
};
