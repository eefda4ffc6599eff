import { resolve } from "node:path";
import { compileSchema } from "../config/validate.ts";
import type { Problem } from "../contracts/common.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import type { Plugin } from "./define.ts";
import { loadPlugin } from "./load.ts";
import type { LoadModule } from "./module.ts";

export interface PluginCheckOptions {
  /** Loads a plugin in TypeScript. */
  readonly loadModule?: LoadModule;
}

const toProblem = (specifier: string, error: HawserError, severity: Problem["severity"]): Problem => ({
  code: error.code,
  message: error.message,
  ...(error.hint !== undefined && { hint: error.hint }),
  where: specifier,
  severity,
});

/** Maps inside the options that would take a mistyped name in silence. */
const openMaps = (schema: unknown, path: string): readonly string[] => {
  if (typeof schema !== "object" || schema === null) return [];
  const given = schema as Record<string, unknown>;
  const inner = Object.entries(given).flatMap(([key, value]) =>
    key === "properties" || key === "$defs"
      ? Object.entries(value as object).flatMap(([name, item]) => openMaps(item, `${path}.${name}`))
      : openMaps(value, path),
  );
  const open = given.properties !== undefined && given.additionalProperties === undefined;
  return open ? [path, ...inner] : inner;
};

const schemaProblems = (specifier: string, plugin: Plugin<never, never>): readonly Problem[] => {
  try {
    compileSchema(plugin.schema);
  } catch (error) {
    const why = (error as Error).message.split("\n", 1)[0] ?? "";
    return [toProblem(specifier, pluginErrors.HWS_PLUGIN_SCHEMA([specifier, why]), "error")];
  }
  return openMaps(plugin.schema, "with").map((path) =>
    toProblem(specifier, pluginErrors.HWS_PLUGIN_SCHEMA_OPEN([specifier, path]), "warning"),
  );
};

/** Loads one plugin as a run would, from a folder, and says everything that is wrong with it; empty when it is fit. */
export const checkPlugin = async (
  specifier: string,
  baseDirectory: string,
  options: PluginCheckOptions = {},
): Promise<readonly Problem[]> => {
  const { plugin, problems } = await loadPlugin({
    use: specifier,
    baseDirectory: resolve(baseDirectory),
    loadModule: options.loadModule,
  });
  if (plugin === undefined) return problems.map((error) => toProblem(specifier, error, "error"));
  return schemaProblems(specifier, plugin as Plugin<never, never>);
};
