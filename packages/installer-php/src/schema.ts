import { serviceSchema } from "@hawser/installer-script";
import type { PhpOptions } from "./options.ts";

const url = { type: "string", pattern: "^https?://[^\\s]+$" };
const milliseconds = { type: "integer", minimum: 1, maximum: 86_400_000 };

/** A path in the release that needs no quotes in a command: relative, of plain characters. */
export const plainPath = {
  type: "string",
  pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_.][A-Za-z0-9._-]*)*$",
  not: { pattern: "(^|/)\\.\\.?(/|$)" },
  description: "a relative path of letters, digits, dots, dashes and underscores",
};

/** The schema of each option of the recipe. */
export const phpProperties: Readonly<Record<keyof PhpOptions, object>> = {
  composer: {
    anyOf: [
      { type: "boolean" },
      {
        type: "object",
        properties: { home: { type: "string", pattern: "^/" }, scripts: { type: "boolean" } },
        additionalProperties: false,
      },
    ],
  },
  php: {
    type: "string",
    pattern: "^[A-Za-z0-9_/][A-Za-z0-9._+/-]*$",
    description: "a program's name or path",
  },
  service: serviceSchema,
  probe: {
    anyOf: [
      url,
      {
        type: "object",
        properties: {
          http: url,
          page: { ...plainPath, description: "a relative path that ends with .php" },
          headers: {
            type: "object",
            propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
            additionalProperties: { type: "string", pattern: "^[^\\r\\n]*$" },
          },
          timeoutMs: milliseconds,
          stableMs: { type: "integer", minimum: 0, maximum: 86_400_000 },
        },
        required: ["http"],
        additionalProperties: false,
      },
    ],
  },
};
