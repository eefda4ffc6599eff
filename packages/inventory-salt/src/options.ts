import type { Schema } from "@hawser/core/plugin";
import { accessProperties, type SaltAccess } from "@hawser/salt";

/** What a grain must be, or one of what it must be; a grain that is a list must hold it. */
export type GrainFilter = Readonly<Record<string, string | readonly string[]>>;

export interface SaltInventoryOptions extends SaltAccess {
  /** The grain that names an instance's roles. Default `{ grain: "roles" }`; who lacks it is `web`. */
  readonly roles?: { readonly grain: string };
  /** Which of the accepted minions are instances, by their grains. Default: all. */
  readonly target?: GrainFilter;
  /** The grain that holds the address. Default `fqdn`, else the first of `ipv4` that is not of the machine itself. */
  readonly address?: { readonly grain: string };
}

const grain = {
  type: "string",
  pattern: "^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}$",
  description: "the name of a grain",
} as const;
const named = {
  type: "object",
  properties: { grain },
  required: ["grain"],
  additionalProperties: false,
} as const;

export const schema: Schema<SaltInventoryOptions> = {
  type: "object",
  properties: {
    ...accessProperties,
    roles: { ...named, description: "The grain that names an instance's roles; default roles." },
    target: {
      type: "object",
      propertyNames: { pattern: grain.pattern },
      additionalProperties: {
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 },
        ],
      },
      description: "Which accepted minions are instances: what their grains must be. Default all.",
    },
    address: { ...named, description: "The grain that holds the address; default fqdn, else ipv4." },
  },
  required: ["url", "username", "password"],
  additionalProperties: false,
};
