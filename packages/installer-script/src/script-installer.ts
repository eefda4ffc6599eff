import {
  type Installer,
  type InstallPlan,
  type PlanCheck,
  type Problem,
  type SkippedCommand,
  thrownProblems,
} from "@hawser/core/plugin";
import type { CheckOptions } from "./check-options.ts";
import { planCommands } from "./commands.ts";
import { installerErrors } from "./errors.ts";
import type { SharedOptions } from "./options.ts";
import { ownershipOf, pathOf, pathsInside, refuseNested } from "./paths.ts";
import type { Draft, Phase } from "./phases.ts";
import { refuseUnknownSecrets, type SecretSources, secretNames, secretValues } from "./secrets.ts";

/** All that an install plan is made of. */
export interface PlanParts {
  readonly options: Omit<SharedOptions, "files" | "secrets">;
  readonly drafts: readonly Draft[];
  readonly secrets: SecretSources;
  readonly skipped?: readonly SkippedCommand[];
}

const refuseCheck = (what: string): never => {
  throw installerErrors.HWS_INSTALLER_CHECK_INVALID([what]);
};

const planCheck = (check: CheckOptions): PlanCheck => {
  if (check.http === undefined && check.command === undefined)
    refuseCheck("has neither `http` nor `command`");
  if (check.http !== undefined && check.command !== undefined) refuseCheck("has both `http` and `command`");
  if (check.release === true && check.http === undefined)
    refuseCheck("has `release`, which is looked for in the body of an answer by `http`");
  return { ...check, timeoutMs: check.timeoutMs ?? 60_000, stableMs: check.stableMs ?? 0 };
};

/** The plan that options and commands make. Whatever is wrong in them is an error. */
export const planOf = ({ options, drafts, secrets }: PlanParts): InstallPlan => {
  const { user, check } = options;
  const commands = (phase: Phase) => planCommands(drafts, phase, user);
  const shared = pathsInside("shared", options.shared?.map(pathOf));
  const writable = pathsInside("writable", options.writable?.map(pathOf));
  refuseNested(shared, writable);
  const plan: InstallPlan = {
    prepare: commands("prepare"),
    install: commands("install"),
    leave: commands("leave"),
    activate: commands("activate"),
    rollback: commands("rollback"),
    once: { before: commands("once.before"), after: commands("once.after") },
    maintenance: { on: commands("maintenance.on"), off: commands("maintenance.off") },
    shared,
    writable,
    generated: pathsInside("generated", options.generated),
    ownership: ownershipOf([...(options.shared ?? []), ...(options.writable ?? [])]),
    ...(check !== undefined && { check: planCheck(check) }),
    env: options.env ?? {},
    secrets: secretNames(secrets),
    ...(user !== undefined && { user }),
  };
  refuseUnknownSecrets(plan);
  refuseNoMaintenance(plan);
  return plan;
};

/** Else visitors would meet the application while it changes, against what the command says. */
const refuseNoMaintenance = ({ once, maintenance }: InstallPlan): void => {
  const wanting = once.before.find((command) => command.maintenance === true);
  if (wanting === undefined) return;
  const lacks = [
    ...(maintenance.on.length === 0 ? ["turn it on"] : []),
    ...(maintenance.off.length === 0 ? ["turn it off"] : []),
  ];
  if (lacks.length > 0)
    throw installerErrors.HWS_INSTALLER_MAINTENANCE_NONE([wanting.name, lacks.join(" or ")]);
};

const missingSecrets = (secrets: SecretSources): readonly Problem[] =>
  thrownProblems(() => {
    secretValues(secrets);
    return [];
  }).map((error) => ({ ...error.report(), where: "installer.with.secrets", severity: "error" }));

/** Wrong options are an error at once, before any plan is asked for. */
export const createScriptInstaller = (parts: PlanParts): Installer => {
  const plan = planOf(parts);
  return {
    plan: () => plan,
    secrets: () => secretValues(parts.secrets),
    skipped: () => parts.skipped ?? [],
    check: async () => missingSecrets(parts.secrets),
  };
};
