import { definePlugin, type Plugin } from "@hawser/core/plugin";
import { type ScriptInstallerOptions, scriptInstallerSchema } from "./options.ts";
import { createScriptInstaller } from "./script-installer.ts";
import { secretNames } from "./secrets.ts";

export type { CheckOptions, Command, CommandOptions, ScriptInstallerOptions } from "./options.ts";

const scriptInstaller: Plugin<"installer", ScriptInstallerOptions> = definePlugin({
  kind: "installer",
  name: "@hawser/installer-script",
  schema: scriptInstallerSchema,
  secretNames: ({ secrets }) => secretNames(secrets),
  create: (options) => createScriptInstaller(options),
});

export default scriptInstaller;
