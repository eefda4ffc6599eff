import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve as resolveImport } from "import-meta-resolve";
import { pluginErrors } from "../errors/plugin-codes.ts";

const packageName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(\/[A-Za-z0-9._~/-]+)?$/;

const isPath = (specifier: string): boolean => /^\.{1,2}\//.test(specifier) || isAbsolute(specifier);

/**
 * The file of a module that a config names: a path, or a package found from the folder of that config, never from
 * the working directory or Hawser's own folder.
 */
export const resolveModule = (specifier: string, baseDirectory: string): string => {
  if (isPath(specifier)) {
    const file = resolve(baseDirectory, specifier);
    if (existsSync(file) && statSync(file).isFile()) return file;
    throw pluginErrors.HWS_PLUGIN_NOT_FOUND([specifier, baseDirectory]);
  }
  if (!packageName.test(specifier)) throw pluginErrors.HWS_PLUGIN_SPECIFIER([specifier]);
  try {
    const url = resolveImport(specifier, pathToFileURL(join(baseDirectory, "hawser.config.js")).href);
    if (!url.startsWith("file:")) throw pluginErrors.HWS_PLUGIN_SPECIFIER([specifier]);
    const file = fileURLToPath(url);
    if (existsSync(file)) return file;
  } catch (error) {
    throw pluginErrors.HWS_PLUGIN_NOT_FOUND([specifier, baseDirectory], { cause: error });
  }
  throw pluginErrors.HWS_PLUGIN_NOT_FOUND([specifier, baseDirectory]);
};
