import { type Installer, type InstallPlan, type PlanCheck, Secret } from "@hawser/core/plugin";
import { planCommands } from "./commands.ts";
import { installerErrors } from "./errors.ts";
import type { CheckOptions, ScriptInstallerOptions } from "./options.ts";
import { pathsInside, refuseNested } from "./paths.ts";

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
    activate: planCommands("activate", options.activate, user),
    rollback: planCommands("rollback", options.rollback, user),
    once: {
      before: planCommands("once-before", once?.before, user),
      after: planCommands("once-after", once?.after, user),
    },
    shared,
    writable: pathsInside("writable", options.writable),
    generated: pathsInside("generated", options.generated),
    ...(check !== undefined && { check: planCheck(check) }),
    env: options.env ?? {},
    secrets: Object.keys(options.secrets ?? {}).sort(),
    ...(user !== undefined && { user }),
  };
};

const secretsOf = (options: ScriptInstallerOptions): Readonly<Record<string, Secret>> =>
  Object.fromEntries(
    Object.entries(options.secrets ?? {}).map(([name, value]) => [
      name,
      Secret.is(value) ? value : new Secret(value),
    ]),
  );

/** Wrong options are an error at once, before any plan is asked for. */
export const createScriptInstaller = (options: ScriptInstallerOptions): Installer => {
  const plan = planOf(options);
  const secrets = secretsOf(options);
  return { plan: () => plan, secrets: () => secrets };
};
