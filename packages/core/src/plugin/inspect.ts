import { kinds } from "../contracts/kinds.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import { apiVersion, type Plugin } from "./define.ts";

/** Core serves the current contract version and the one before; the first version has none before it. */
const oldest = Math.max(1, apiVersion - 1);
const served = oldest === apiVersion ? `${apiVersion}` : `${oldest} and ${apiVersion}`;

const whatIs = (value: unknown): string => {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `of type ${typeof value}`;
};

const inspectSchema = (name: string, schema: unknown): HawserError[] => {
  if (typeof schema !== "object" || schema === null) {
    return [pluginErrors.HWS_PLUGIN_SCHEMA([name, `it is ${whatIs(schema)}`])];
  }
  const given = schema as Record<string, unknown>;
  if (given.type !== "object") return [pluginErrors.HWS_PLUGIN_SCHEMA([name, "its type is not `object`"])];
  if (typeof given.properties !== "object" || given.properties === null) {
    return [pluginErrors.HWS_PLUGIN_SCHEMA([name, "it has no `properties`"])];
  }
  return given.additionalProperties === false
    ? []
    : [pluginErrors.HWS_PLUGIN_SCHEMA([name, "`additionalProperties` is not false"])];
};

/** Everything that keeps a value from being a plugin of this core; empty when it is one. */
export const inspectPlugin = (specifier: string, value: unknown): readonly HawserError[] => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [pluginErrors.HWS_PLUGIN_EXPORT([specifier, whatIs(value)])];
  }
  const given = value as Partial<Record<keyof Plugin, unknown>>;
  if (!("apiVersion" in given) && !("kind" in given)) {
    return [pluginErrors.HWS_PLUGIN_EXPORT([specifier, "an object without `apiVersion` and `kind`"])];
  }
  const version = given.apiVersion;
  if (typeof version !== "number" || version < oldest || version > apiVersion) {
    // Another version may have other members: nothing else can be said of it.
    return [pluginErrors.HWS_PLUGIN_API_VERSION([specifier, String(version), served])];
  }
  const found: HawserError[] = [];
  if (typeof given.name !== "string" || given.name.trim() === "") {
    found.push(pluginErrors.HWS_PLUGIN_NAME([specifier]));
  }
  if (!(kinds as readonly unknown[]).includes(given.kind)) {
    found.push(pluginErrors.HWS_PLUGIN_KIND([specifier, String(given.kind)]));
  }
  found.push(...inspectSchema(specifier, given.schema));
  if (typeof given.create !== "function") found.push(pluginErrors.HWS_PLUGIN_CREATE([specifier]));
  return found;
};
