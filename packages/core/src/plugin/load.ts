import type { Kind } from "../contracts/kinds.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import type { Plugin } from "./define.ts";
import { inspectPlugin } from "./inspect.ts";
import { importDefault, type LoadModule, needsLoader } from "./module.ts";
import { resolveModule } from "./resolve.ts";

export interface PluginRequest {
  /** A package, a path, or the plugin itself. */
  readonly use: unknown;
  /** The folder of the config that names it. */
  readonly baseDirectory: string;
  /** The slot it must fit; any when absent. */
  readonly kind?: Kind;
  readonly loadModule?: LoadModule | undefined;
}

export interface PluginFindings {
  readonly specifier: string;
  /** Absent when there are problems. */
  readonly plugin?: Plugin<Kind, never>;
  readonly problems: readonly HawserError[];
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

/** The default export of a module that a config names. */
export const loadModuleOf = async (request: PluginRequest & { use: string }): Promise<unknown> => {
  const file = resolveModule(request.use, request.baseDirectory);
  if (needsLoader(file, request.loadModule)) {
    throw pluginErrors.HWS_PLUGIN_FAILED([request.use, "it is TypeScript, for which no loader was given"]);
  }
  try {
    return await importDefault(file, request.loadModule);
  } catch (error) {
    throw pluginErrors.HWS_PLUGIN_FAILED([request.use, reason(error)], { cause: error });
  }
};

const nameOf = (value: unknown): string => {
  const name = typeof value === "object" && value !== null ? (value as { name?: unknown }).name : undefined;
  return typeof name === "string" ? name : "the plugin";
};

/** Loads a plugin the one way there is, and says everything that is wrong with it. */
export const loadPlugin = async (request: PluginRequest): Promise<PluginFindings> => {
  const specifier = typeof request.use === "string" ? request.use : nameOf(request.use);
  let value: unknown = request.use;
  try {
    if (typeof request.use === "string") value = await loadModuleOf({ ...request, use: request.use });
  } catch (error) {
    if (HawserError.is(error)) return { specifier, problems: [error] };
    throw error;
  }
  const problems = [...inspectPlugin(specifier, value)];
  const plugin = value as Plugin<Kind, never>;
  if (problems.length === 0 && request.kind !== undefined && plugin.kind !== request.kind) {
    problems.push(pluginErrors.HWS_PLUGIN_WRONG_KIND([specifier, plugin.kind, request.kind]));
  }
  return problems.length === 0 ? { specifier, plugin, problems } : { specifier, problems };
};
