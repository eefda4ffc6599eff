import { type InstallPlan, instanceCommands, type PlanCommand, Secret } from "@hawser/core/plugin";
import { installerErrors } from "./errors.ts";

/** As a config gives them. */
type Given = readonly string[] | Readonly<Record<string, string | Secret>> | undefined;

/** Each secret's value; undefined where it is taken from the deployer's environment. */
export type SecretSources = Readonly<Record<string, string | Secret | undefined>>;

const isList = (given: Given): given is readonly string[] => Array.isArray(given);

export const secretName = "^[A-Z][A-Z0-9_]{0,63}$";

export const secretsSchema: object = {
  anyOf: [
    { type: "array", uniqueItems: true, items: { type: "string", pattern: secretName } },
    {
      type: "object",
      propertyNames: { pattern: secretName },
      additionalProperties: { type: "string", secret: true },
    },
  ],
};

/** Where the values of secrets come from: what is given later wins. */
export const secretSources = (...given: readonly Given[]): SecretSources =>
  Object.assign(
    {},
    ...given.map((each = []) =>
      isList(each) ? Object.fromEntries(each.map((name) => [name, undefined])) : each,
    ),
  );

/** The names of the secrets, which may stand in a plan. */
export const secretNames = (sources: SecretSources): readonly string[] => Object.keys(sources).sort();

/** Their values, for the session that runs the commands. */
export const secretValues = (sources: SecretSources): Readonly<Record<string, Secret>> => {
  const values: Record<string, Secret> = {};
  for (const name of secretNames(sources)) {
    const value = sources[name] ?? process.env[name];
    if (value === undefined || value === "") throw installerErrors.HWS_INSTALLER_SECRET_MISSING([name]);
    values[name] = Secret.is(value) ? value : new Secret(value);
  }
  return values;
};

/** Every text that is run where secrets can be read. */
const textsOf = (plan: InstallPlan): readonly Pick<PlanCommand, "name" | "run">[] => [
  ...instanceCommands(plan).flatMap(({ name, run, needed }) => [
    { name, run },
    ...(needed === undefined ? [] : [{ name, run: needed }]),
  ]),
  ...(plan.check?.command === undefined ? [] : [{ name: "check", run: plan.check.command }]),
];

/** A command that reads a secret nobody gives would run with an empty value. */
export const refuseUnknownSecrets = (plan: InstallPlan): void => {
  for (const { name, run } of textsOf(plan)) {
    for (const match of run.matchAll(/\bHAWSER_SECRET_([A-Z][A-Z0-9_]*)/g)) {
      const wanted = match[1] ?? "";
      if (!plan.secrets.includes(wanted)) throw installerErrors.HWS_INSTALLER_SECRET_UNKNOWN([name, wanted]);
    }
  }
};
