import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_INSTALLER_PATH_INVALID: {
    message: (option: string, path: string): string =>
      `${option} has ${JSON.stringify(path)}, which is not a path inside the release`,
    hint: "give it relative to the release, without `.`, `..` and empty parts",
  },
  HWS_INSTALLER_NAME_REPEATED: {
    message: (phase: string, name: string): string => `${phase} has two commands named ${name}`,
    hint: "give each command of a phase its own name: it is the key of its record on the instances",
  },
  HWS_INSTALLER_CHECK_INVALID: {
    message: (what: string): string => `the health check ${what}`,
    hint: "give `check` either `http` or `command`",
  },
  HWS_INSTALLER_SECRET_MISSING: {
    message: (name: string): string => `the secret ${name} is not set in the deployer's environment`,
    hint: "set the variable, or give `secrets` as a map that says where each value comes from",
  },
  HWS_INSTALLER_SECRET_UNKNOWN: {
    message: (command: string, name: string): string =>
      `the command ${command} reads HAWSER_SECRET_${name}, which \`secrets\` does not name`,
    hint: "add it to `secrets`, or mend its name in the command",
  },
  HWS_INSTALLER_PATH_OVERLAP: {
    message: (one: string, other: string): string =>
      `the shared path ${other} lies inside the shared path ${one}`,
    hint: "share the outer path alone, or only the inner ones",
  },
  HWS_INSTALLER_PATH_SHARED: {
    message: (path: string, shared: string): string =>
      path === shared
        ? `the path ${path} is both shared and writable`
        : `the writable path ${path} lies inside the shared path ${shared}`,
    hint: "name it in `shared` alone, with the owner and mode that it needs: what is shared is no part of a release",
  },
  HWS_INSTALLER_FILE_INVALID: {
    message: (path: string): string => `the file ${path} of \`files\` does not say what is in it`,
    hint: "give it either `secret`, the name of the secret that is its content, or `variables`, names of secrets",
  },
  HWS_INSTALLER_FILE_SHARED: {
    message: (path: string, shared: string): string =>
      `the file ${path} of \`files\` lies in the shared path ${shared}, where the release in service would read it`,
    hint: "put it elsewhere, or do not share that path: each release gets its own files",
  },
  HWS_INSTALLER_MEMBER_MISPLACED: {
    message: (command: string, member: string, phase: string, _where: readonly string[]): string =>
      `the command ${command} of ${phase} has \`${member}\`, which means nothing there`,
    hint: (_command: string, member: string, _phase: string, where: readonly string[]): string =>
      `only commands of ${where.join(" and ")} have \`${member}\``,
  },
  HWS_INSTALLER_MAINTENANCE_NONE: {
    message: (command: string, lacks: string): string =>
      `the command ${command} wants the application in maintenance, and nothing is said to ${lacks}`,
    hint: "give commands of `maintenance.on` and `maintenance.off`: docs/guide/maintenance.md",
  },
  HWS_INSTALLER_COMMAND_UNKNOWN: {
    message: (key: string, lacks: string, _close: string | undefined, _keys: readonly string[]): string =>
      `${key} is no command of the recipe, and to be a new one it lacks \`${lacks}\``,
    hint: (_key: string, _lacks: string, close: string | undefined, keys: readonly string[]): string =>
      close === undefined
        ? `the recipe's commands: ${keys.join(", ")}; a new one has \`run\` and \`phase\``
        : `did you mean ${close}?`,
  },
  HWS_INSTALLER_COMMAND_PLACE: {
    message: (key: string, why: string, _close: string | undefined): string => `the command ${key} ${why}`,
    hint: (_key: string, _why: string, close: string | undefined): string =>
      close === undefined
        ? "name one command of its own phase in `before` or `after`, or none: then it is the last of its phase"
        : `did you mean ${close}?`,
  },
  HWS_INSTALLER_RECIPE_INVALID: {
    message: (recipe: string, what: string): string => `the recipe ${recipe} cannot be used: ${what}`,
    hint: "this is the recipe's author's to mend: docs/guide/recipes.md",
  },
};

/** What can be wrong in the options beyond their schema. */
export const installerErrors: Makers<typeof entries> = defineErrors(entries);
