import { definePlugin, type Plugin, phasesOfDeploy, thrownProblems } from "@hawser/core/plugin";
import { installerErrors } from "./errors.ts";
import { fileDrafts } from "./files.ts";
import type { ScriptInstallerOptions } from "./options.ts";
import { commandsOf, type Draft, draftsOf } from "./phases.ts";
import { bend } from "./recipe-commands.ts";
import { mergeFiles, mergeShared } from "./recipe-merge.ts";
import { type CommonOptions, commonProperties, type RecipeOptions } from "./recipe-options.ts";
import { createScriptInstaller, type PlanParts, planOf } from "./script-installer.ts";
import { secretNames, secretSources } from "./secrets.ts";

/** How one kind of application is deployed. */
export interface RecipeDefinition<O extends object> {
  /** The package's name, or any name for a recipe in a file. */
  readonly name: string;
  /** JSON Schema of each of its own options. The common ones are added to them. */
  readonly properties: Readonly<Record<keyof O & string, object>>;
  /** The own options that must be given. Default: none. */
  readonly required?: readonly (keyof O & string)[];
  /** What the installer of commands shall do. Pure. Every command has a `name`, unique over all phases. */
  make(options: O): ScriptInstallerOptions;
}

/** The plugin that a recipe is. */
export type Recipe<O extends object> = Plugin<"installer", RecipeOptions<O>>;

const refuseOptions = <O extends object>({ name, properties }: RecipeDefinition<O>): void => {
  const common = Object.keys(properties).find((option) => Object.hasOwn(commonProperties, option));
  if (common !== undefined)
    throw installerErrors.HWS_INSTALLER_RECIPE_INVALID([
      name,
      `its option ${common} is one that all recipes have`,
    ]);
};

/** A command without a key could not be bent, and a key that stands twice would bend one of two. */
const refuseKeys = (recipe: string, made: ScriptInstallerOptions, drafts: readonly Draft[]): void => {
  const refuse = (what: string) => {
    throw installerErrors.HWS_INSTALLER_RECIPE_INVALID([recipe, what]);
  };
  for (const command of namelessOf(made)) refuse(`its command ${JSON.stringify(command)} has no name`);
  const taken = new Set<string>();
  for (const { command } of drafts) {
    if (taken.has(command.name)) refuse(`two of its commands have the name ${command.name}`);
    taken.add(command.name);
  }
};

const namelessOf = (made: ScriptInstallerOptions): readonly string[] =>
  phasesOfDeploy
    .flatMap((phase) => commandsOf(made, phase))
    .flatMap((command) =>
      typeof command === "string" ? [command] : command.name === undefined ? [command.run] : [],
    );

const ownOf = <O extends object>({ properties }: RecipeDefinition<O>, options: RecipeOptions<O>): O =>
  Object.fromEntries(Object.entries(options).filter(([option]) => Object.hasOwn(properties, option))) as O;

/** What a recipe and a config make together, with everything that is wrong in how the config bends it. */
const partsOf = <O extends object>(definition: RecipeDefinition<O>, options: RecipeOptions<O>) => {
  const { name } = definition;
  const common: CommonOptions = options;
  const made = definition.make(ownOf(definition, options));
  const shared = mergeShared(made, common);
  const commands = draftsOf(made, () => name);
  const drafts = [...fileDrafts(mergeFiles(name, made, common), shared.shared), ...commands];
  refuseKeys(name, made, drafts);
  const { problems, ...bent } = bend(drafts, common.commands);
  const parts: PlanParts = {
    options: shared,
    ...bent,
    secrets: secretSources(made.secrets, common.secrets),
  };
  return { parts, problems };
};

/**
 * Makes an installer of a recipe: a plugin with the recipe's own options and those that all recipes have, whose commands a
 * config skips, changes and adds by key.
 */
export const defineRecipe = <O extends object>(definition: RecipeDefinition<O>): Recipe<O> => {
  refuseOptions(definition);
  const { name, properties, required = [] } = definition;
  return definePlugin({
    kind: "installer",
    name,
    schema: {
      type: "object",
      properties: { ...properties, ...commonProperties },
      required,
      additionalProperties: false,
    },
    secretNames: (options) => secretNames(partsOf(definition, options).parts.secrets),
    problems: (options) =>
      thrownProblems(() => {
        const { parts, problems } = partsOf(definition, options);
        if (problems.length === 0) planOf(parts);
        return problems;
      }),
    create: (options) => {
      const { parts, problems } = partsOf(definition, options);
      if (problems[0] !== undefined) throw problems[0];
      return createScriptInstaller(parts);
    },
  });
};
