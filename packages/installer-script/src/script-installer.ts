import {
  HawserError,
  type Installer,
  type InstallPlan,
  type PlanCheck,
  type PlanCommand,
  type Problem,
} from "@hawser/core/plugin";
import { planCommands } from "./commands.ts";
import { installerErrors } from "./errors.ts";
import type { CheckOptions, ScriptInstallerOptions } from "./options.ts";
import { pathsInside, refuseNested } from "./paths.ts";
import { refuseUnknownSecrets, secretNames, secretValues } from "./secrets.ts";

const planCheck = (check: CheckOptions): PlanCheck => {
  if (check.http === undefined && check.command === undefined) {
    throw installerErrors.HWS_INSTALLER_CHECK_INVALID(["has neither `http` nor `command`"]);
  }
  if (check.http !== undefined && check.command !== undefined) {
    throw installerErrors.HWS_INSTALLER_CHECK_INVALID(["has both `http` and `command`"]);
  }
  return { ...check, timeoutMs: check.timeoutMs ?? 60_000, stableMs: check.stableMs ?? 0 };
};

const planOf = (options: ScriptInstallerOptions): InstallPlan => {
  const { user, once, check } = options;
  const shared = pathsInside("shared", options.shared);
  refuseNested(shared);
  return {
    // The deployer has one user: its own.
    prepare: planCommands("prepare", options.prepare),
    install: planCommands("install", options.install, user),
    leave: [],
    activate: planCommands("activate", options.activate, user),
    rollback: planCommands("rollback", options.rollback, user),
    once: {
      before: planCommands("once-before", once?.before, user),
      after: planCommands("once-after", once?.after, user),
    },
    maintenance: { on: [], off: [] },
    shared,
    writable: pathsInside("writable", options.writable),
    generated: pathsInside("generated", options.generated),
    ownership: [],
    ...(check !== undefined && { check: planCheck(check) }),
    env: options.env ?? {},
    secrets: secretNames(options.secrets),
    ...(user !== undefined && { user }),
  };
};

const commandsOf = (plan: InstallPlan): readonly PlanCommand[] => [
  ...plan.install,
  ...plan.activate,
  ...plan.rollback,
  ...plan.once.before,
  ...plan.once.after,
];

const missingSecret = (options: ScriptInstallerOptions): readonly Problem[] => {
  try {
    secretValues(options.secrets);
    return [];
  } catch (error) {
    if (!HawserError.is(error)) throw error;
    return [{ ...error.report(), where: "installer.with.secrets", severity: "error" }];
  }
};

/** Wrong options are an error at once, before any plan is asked for. */
export const createScriptInstaller = (options: ScriptInstallerOptions): Installer => {
  const plan = planOf(options);
  refuseUnknownSecrets(commandsOf(plan), plan.secrets);
  return {
    plan: () => plan,
    secrets: () => secretValues(options.secrets),
    check: async () => missingSecret(options),
  };
};
