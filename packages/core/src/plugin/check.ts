import { resolve } from "node:path";
import { compileSchema } from "../config/validate.ts";
import type { Problem } from "../contracts/common.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import { isStep, type Step } from "../steps/step.ts";
import type { Plugin } from "./define.ts";
import { inspectPlugin } from "./inspect.ts";
import { loadModuleOf } from "./load.ts";
import type { LoadModule } from "./module.ts";
import { ownPackage } from "./own-package.ts";

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

const reason = (error: unknown): string => (error as Error).message.split("\n", 1)[0] ?? "";

const schemaProblems = (specifier: string, plugin: Plugin<never, never>): readonly Problem[] => {
  try {
    compileSchema(plugin.schema);
  } catch (error) {
    return [toProblem(specifier, pluginErrors.HWS_PLUGIN_SCHEMA([specifier, reason(error)]), "error")];
  }
  return openMaps(plugin.schema, "with").map((path) =>
    toProblem(specifier, pluginErrors.HWS_PLUGIN_SCHEMA_OPEN([specifier, path]), "warning"),
  );
};

/** A step of one's own is no plugin, and is named in a config as one. */
const stepProblems = (specifier: string, { name, gives }: Step): readonly Problem[] =>
  Object.entries(gives).flatMap(([fact, schema]) => {
    try {
      compileSchema(schema);
      return [];
    } catch (error) {
      const why = `its schema of ${fact} cannot be used: ${reason(error)}`;
      return [toProblem(specifier, engineErrors.HWS_STEP_INVALID([name, why]), "error")];
    }
  });

const problemsOf = (specifier: string, value: unknown): readonly Problem[] => {
  if (isStep(value)) return stepProblems(specifier, value);
  const unfit = inspectPlugin(specifier, value);
  if (unfit.length > 0) return unfit.map((error) => toProblem(specifier, error, "error"));
  return schemaProblems(specifier, value as Plugin<never, never>);
};

/**
 * Loads one plugin, or one step, as a run would, from a folder, and says everything that is wrong with it; empty when it is
 * fit. A folder as specifier is the package in it, loaded by its name.
 */
export const checkPlugin = async (
  specifier: string,
  baseDirectory: string,
  { loadModule }: PluginCheckOptions = {},
): Promise<readonly Problem[]> => {
  try {
    const named = ownPackage(specifier, resolve(baseDirectory));
    return problemsOf(specifier, await loadModuleOf({ ...named, loadModule }));
  } catch (error) {
    if (HawserError.is(error)) return [toProblem(specifier, error, "error")];
    throw error;
  }
};
