import { phpProperties, plainPath } from "@hawser/installer-php";
import { serviceSchema } from "@hawser/installer-script";
import type { SymfonyOptions } from "./options.ts";

const flag = { type: "boolean" };
const roles = { type: "array", minItems: 1, items: { type: "string", minLength: 1 } };
const map = (properties: object): object => ({ type: "object", properties, additionalProperties: false });

/** The schema of each option of the recipe: those of PHP, and its own. */
export const symfonyProperties: Readonly<Record<keyof SymfonyOptions, object>> = {
  ...phpProperties,
  appEnv: { type: "string", pattern: "^[A-Za-z0-9_]{1,32}$" },
  console: plainPath,
  assets: map({ bundles: flag, mapper: flag, build: { type: "string", enum: ["npm", "yarn", "pnpm"] } }),
  dumpEnv: { type: "string", enum: ["console", "composer"] },
  migrations: {
    anyOf: [
      flag,
      map({
        compatible: flag,
        maintenance: flag,
        lock: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
        roles,
        timeoutMs: { type: "integer", minimum: 1, maximum: 86_400_000 },
      }),
    ],
  },
  messenger: { anyOf: [flag, map({ service: serviceSchema, roles })] },
};
