import type { InstallPlan } from "../contracts/installer.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Operation } from "../engine/operation.ts";
import { secretErrors } from "../errors/secret-codes.ts";
import type { FleetMember } from "./member.ts";

/** Whose commands these are, what they may read, and for which run. */
export interface CommandPlace {
  readonly application: string;
  readonly environment: string;
  readonly plan: InstallPlan;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly run?: string;
}

/** The commands of an operation. */
export const placeOf = ({ desk, plan, secrets, journal }: Operation): CommandPlace => {
  const { application, environment } = desk.config;
  return { application, environment, plan, secrets, run: journal.run };
};

/**
 * Of a plan that a release last ran with. Secrets that the config no longer gives are left out: a release that is left, or
 * returned to by putting back, is not to be held up by them.
 */
export const placeWith = (operation: Operation, plan: InstallPlan): CommandPlace => {
  const place = placeOf(operation);
  if (plan === operation.plan) return place;
  const given = plan.secrets.filter((name) => place.secrets[name] !== undefined);
  return { ...place, plan: { ...plan, secrets: given } };
};

/** Values that commands and checks may read, weakest first: the plan's, a command's own, secrets, facts of the run; nothing is ever interpolated into their text. */
export const environmentOf = (
  { application, environment, plan, secrets: values, run }: CommandPlace,
  member: FleetMember,
  call: { readonly release: string; readonly revision: string },
  own: Readonly<Record<string, string>> = {},
): Record<string, string | Secret> => {
  const secrets = Object.fromEntries(
    plan.secrets.map((name) => {
      const value = values[name];
      if (value === undefined) throw secretErrors.HWS_SECRET_MISSING([name]);
      return [`HAWSER_SECRET_${name}`, value];
    }),
  );
  return {
    ...plan.env,
    ...own,
    ...secrets,
    HAWSER_APPLICATION: application,
    HAWSER_ENVIRONMENT: environment,
    HAWSER_INSTANCE: member.id,
    HAWSER_RELEASE: call.release,
    HAWSER_REVISION: call.revision,
    HAWSER_ROLE: member.instance.roles.join(" "),
    HAWSER_ROOT: member.root,
    ...(run !== undefined && { HAWSER_RUN: run }),
  };
};
