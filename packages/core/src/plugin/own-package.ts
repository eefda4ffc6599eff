import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pluginErrors } from "../errors/plugin-codes.ts";
import { resolveModule } from "./resolve.ts";

/** What a config would name, and from where. */
export interface Named {
  readonly use: string;
  readonly baseDirectory: string;
}

const isFolder = (specifier: string, path: string): boolean =>
  (specifier === "." || /^(\.{1,2})?\//.test(specifier)) && existsSync(path) && statSync(path).isDirectory();

const nameIn = (folder: string): string => {
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw pluginErrors.HWS_PLUGIN_FOLDER([folder, "it has no package.json"]);
  try {
    const { name, exports } = JSON.parse(readFileSync(file, "utf8"));
    // By its name a package finds itself through its exports alone.
    if (typeof name === "string" && exports !== undefined) return name;
  } catch (cause) {
    throw pluginErrors.HWS_PLUGIN_FOLDER([folder, "its package.json is not JSON"], { cause });
  }
  throw pluginErrors.HWS_PLUGIN_FOLDER([folder, "its package.json lacks `name` or `exports`"]);
};

/** A folder stands for the package that it is, found by its name as whoever installs it finds it. */
export const ownPackage = (specifier: string, baseDirectory: string): Named => {
  const folder = resolve(baseDirectory, specifier);
  if (!isFolder(specifier, folder)) return { use: specifier, baseDirectory };
  const use = nameIn(folder);
  try {
    resolveModule(use, folder);
  } catch (cause) {
    throw pluginErrors.HWS_PLUGIN_FOLDER([folder, "what its `exports` name is not there"], { cause });
  }
  return { use, baseDirectory: folder };
};
