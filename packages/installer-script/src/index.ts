import { definePlugin, type Plugin, thrownProblems } from "@hawser/core/plugin";
import { fileDrafts } from "./files.ts";
import { type ScriptInstallerOptions, scriptInstallerSchema } from "./options.ts";
import { draftsOf } from "./phases.ts";
import { createScriptInstaller, type PlanParts, planOf } from "./script-installer.ts";
import { secretNames, secretSources } from "./secrets.ts";

export { type CheckOptions, checkMembers } from "./check-options.ts";
export type {
  Command,
  CommandOptions,
  NamedCommand,
  OnceBeforeCommand,
  OnceBeforeOptions,
  OnceCommand,
  OnceOptions,
} from "./command-options.ts";
export type { FileOptions } from "./file-options.ts";
export type { ScriptInstallerOptions, SharedOptions } from "./options.ts";
export type { SharedPath, WritablePath } from "./path-options.ts";
export type { Phase } from "./phases.ts";
export { defineRecipe, type Recipe, type RecipeDefinition } from "./recipe.ts";
export type { CommandChange, CommonOptions, RecipeOptions } from "./recipe-options.ts";
export {
  type ReloadSignal,
  type Service,
  type ServiceAction,
  serviceCommand,
  serviceSchema,
} from "./service.ts";

const partsOf = (options: ScriptInstallerOptions): PlanParts => {
  const files = (options.files ?? []).map((file, index) => ({
    file,
    origin: `installer.with.files.${index}`,
  }));
  return {
    options,
    drafts: [
      ...fileDrafts(files, options.shared),
      ...draftsOf(options, (phase, index) => `installer.with.${phase}.${index}`),
    ],
    secrets: secretSources(options.secrets),
  };
};

const scriptInstaller: Plugin<"installer", ScriptInstallerOptions> = definePlugin({
  kind: "installer",
  name: "@hawser/installer-script",
  schema: scriptInstallerSchema,
  secretNames: ({ secrets }) => secretNames(secretSources(secrets)),
  problems: (options) =>
    thrownProblems(() => {
      planOf(partsOf(options));
      return [];
    }),
  create: (options) => createScriptInstaller(partsOf(options)),
});

export default scriptInstaller;
