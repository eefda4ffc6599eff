import type { AskedFile } from "./files.ts";
import type { ScriptInstallerOptions, SharedOptions } from "./options.ts";
import type { SharedPath, WritablePath } from "./path-options.ts";
import { isWithin, pathOf, plain } from "./paths.ts";
import type { CommonOptions } from "./recipe-options.ts";

const isOneOf = (path: string | WritablePath, others: readonly (string | WritablePath)[]): boolean =>
  others.some((other) => plain(pathOf(other)) === plain(pathOf(path)));

/** A recipe's options with those of a config over them: lists grow, and what the config says of a path or name counts. */
export const mergeShared = (
  recipe: ScriptInstallerOptions,
  config: CommonOptions,
): Omit<SharedOptions, "files" | "secrets"> => {
  const { shared = [], writable = [], generated = [], files = [] } = config;
  // A file that each release gets is not shared, whatever the recipe says of its path.
  const own = [...shared, ...writable, ...files.map(({ path }) => path)];
  const keptShared = (recipe.shared ?? []).filter((path) => !isOneOf(path, own));
  const keptWritable = (recipe.writable ?? []).filter(
    (path) => !isOneOf(path, writable) && !shared.some((outer) => isWithin(pathOf(path), pathOf(outer))),
  );
  const [check, user] = [config.check ?? recipe.check, config.user ?? recipe.user];
  return {
    shared: [...keptShared, ...shared] satisfies readonly (string | SharedPath)[],
    writable: [...keptWritable, ...writable],
    generated: [...new Set([...(recipe.generated ?? []), ...generated])],
    env: { ...recipe.env, ...config.env },
    ...(check !== undefined && { check }),
    ...(user !== undefined && { user }),
  };
};

/** The files of a recipe and of a config, which replaces those of the same path. */
export const mergeFiles = (
  name: string,
  recipe: ScriptInstallerOptions,
  config: CommonOptions,
): readonly AskedFile[] => {
  const own = (config.files ?? []).map((file, index) => ({ file, origin: `installer.with.files.${index}` }));
  const replaced = new Set(own.map(({ file }) => file.path));
  const kept = (recipe.files ?? []).filter(({ path }) => !replaced.has(path));
  return [...kept.map((file) => ({ file, origin: name })), ...own];
};
