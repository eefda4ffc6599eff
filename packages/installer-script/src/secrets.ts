import { type PlanCommand, Secret } from "@hawser/core/plugin";
import { installerErrors } from "./errors.ts";
import type { ScriptInstallerOptions } from "./options.ts";

type Given = ScriptInstallerOptions["secrets"];

const isList = (given: Given): given is readonly string[] => Array.isArray(given);

/** The names of the secrets, which may stand in a plan. */
export const secretNames = (given: Given = []): readonly string[] =>
  [...(isList(given) ? given : Object.keys(given))].sort();

/** Their values, for the session that runs the commands. */
export const secretValues = (given: Given = []): Readonly<Record<string, Secret>> => {
  const values: Record<string, Secret> = {};
  for (const name of secretNames(given)) {
    const value = isList(given) ? process.env[name] : given[name];
    if (value === undefined || value === "") throw installerErrors.HWS_INSTALLER_SECRET_MISSING([name]);
    values[name] = Secret.is(value) ? value : new Secret(value);
  }
  return values;
};

/** A command that reads a secret nobody gives would run with an empty value. */
export const refuseUnknownSecrets = (commands: readonly PlanCommand[], names: readonly string[]): void => {
  for (const { name, run } of commands) {
    for (const match of run.matchAll(/\bHAWSER_SECRET_([A-Z][A-Z0-9_]*)/g)) {
      const wanted = match[1] ?? "";
      if (!names.includes(wanted)) throw installerErrors.HWS_INSTALLER_SECRET_UNKNOWN([name, wanted]);
    }
  }
};
