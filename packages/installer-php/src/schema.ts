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
        properties: {
          home: {
            type: "string",
            pattern: "^/",
            description: "an absolute path on the deployer: Composer's cache and `auth.json` are kept there",
          },
          scripts: { type: "boolean", default: true, description: "Whether scripts of `composer.json` run." },
        },
        additionalProperties: false,
      },
    ],
    default: true,
    description:
      "Installs what `composer.lock` names, once, on the deployer; nothing where there is no `composer.json`.",
  },
  php: {
    type: "string",
    pattern: "^[A-Za-z0-9_/][A-Za-z0-9._+/-]*$",
    default: "php",
    description: "a program's name or path: PHP's command line on deployer and instances",
  },
  service: {
    ...serviceSchema,
    description: "PHP-FPM on the instances: it is reloaded after the switch. Default: nothing is reloaded.",
  },
  probe: {
    anyOf: [
      url,
      {
        type: "object",
        properties: {
          http: {
            ...url,
            description: "an address of http or https, asked on each instance after the switch",
          },
          page: {
            ...plainPath,
            description:
              "a relative path that ends with .php: where the recipe lays a page that names the release",
          },
          headers: {
            type: "object",
            propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
            additionalProperties: { type: "string", pattern: "^[^\\r\\n]*$" },
            description: "Headers of the request.",
          },
          timeoutMs: {
            ...milliseconds,
            default: 60_000,
            description: "How long the release may take to answer.",
          },
          stableMs: {
            type: "integer",
            minimum: 0,
            maximum: 86_400_000,
            default: 0,
            description: "How long it must keep answering.",
          },
        },
        required: ["http"],
        additionalProperties: false,
      },
    ],
    description: "How the application proves after the switch which release it runs. Default: no check.",
  },
};
