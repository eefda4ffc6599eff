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
};

/** What can be wrong in the options beyond their schema. */
export const installerErrors: Makers<typeof entries> = defineErrors(entries);
