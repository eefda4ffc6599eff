import type { Provider } from "./common.ts";

/** One command of the application's own. Run by `sh -c` on the deployer (prepare) or the instance; nothing is interpolated. */
export interface PlanCommand {
  /** Unique in its phase; `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`. */
  readonly name: string;
  readonly run: string;
  /** Only instances with one of these roles; all when absent. */
  readonly roles?: readonly string[];
  /** The operating-system user, when it is not the transport's. */
  readonly user?: string;
  /** Relative to the release's directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 10 minutes. The whole process group is killed at the limit. */
  readonly timeoutMs: number;
  /** Only for `once`: false says that the release before cannot run after this command. Default true. */
  readonly compatible?: boolean;
}

/** How an instance's health is seen from the instance itself. */
export interface PlanCheck {
  readonly http?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 200 to 399. */
  readonly status?: number;
  /** A text that the body contains. */
  readonly body?: string;
  readonly command?: string;
  readonly user?: string;
  /** How long the check may keep failing before the instance counts as unhealthy. Default 60 s. */
  readonly timeoutMs: number;
  /** How long it must keep succeeding. Default 0: one success is enough. */
  readonly stableMs: number;
}

/**
 * What an environment's installer makes of its config: data, so that an instance can run it when the
 * deployment system is down. Secrets stand here by name only.
 */
export interface InstallPlan {
  readonly prepare: readonly PlanCommand[];
  readonly install: readonly PlanCommand[];
  readonly activate: readonly PlanCommand[];
  readonly rollback: readonly PlanCommand[];
  readonly once: { readonly before: readonly PlanCommand[]; readonly after: readonly PlanCommand[] };
  /** Paths in the release that are links into `<root>/shared`. A trailing `/` or an absent target makes a directory. */
  readonly shared: readonly string[];
  /** Paths in the release that the application may write to. */
  readonly writable: readonly string[];
  /** Paths that install or the application make: not counted as drift. */
  readonly generated: readonly string[];
  readonly check?: PlanCheck;
  readonly env: Readonly<Record<string, string>>;
  /** Names of the secrets that commands may read as `HAWSER_SECRET_<NAME>`. */
  readonly secrets: readonly string[];
  readonly user?: string;
}

/** Turns a config into an install plan. Pure: no file, no network, no clock. */
export interface Installer extends Provider {
  /** The same config and roles give the same plan. */
  plan(request: { readonly roles: readonly string[] }): InstallPlan;
  /** The values behind the plan's secret names, for the session that runs the commands. */
  secrets?(): Readonly<Record<string, import("./secret.ts").Secret>>;
}
