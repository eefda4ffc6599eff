import type { Provider } from "./common.ts";

/** One command of the application's own. Run by `sh -c` on the deployer (prepare) or the instance; nothing is interpolated. */
export interface PlanCommand {
  /** Unique in its phase; `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`. */
  readonly name: string;
  readonly run: string;
  /** Only instances with one of these roles; all when absent. */
  readonly roles?: readonly string[];
  /** The operating-system user. Default: the plan's; null: the transport's own, whatever the plan says. */
  readonly user?: string | null;
  /** Relative to the release's directory. */
  readonly cwd?: string;
  /**
   * Wins over the plan's. `HAWSER_FILE` and `HAWSER_FILE_OWNER` say that it writes a file of the release and gives it away:
   * whether the session may do so is asked before anything is changed.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Default 10 minutes. The whole process group is killed at the limit. */
  readonly timeoutMs: number;
  /** A failure is a warning, and what comes after goes on. Default false. */
  readonly mayFail?: boolean;
  /** Who put it into the plan, for people: a recipe, or a path of the config. No part of the plan's text or digest. */
  readonly origin?: string;
}

/** A command that runs on one instance of the fleet, once for (environment, release, command). */
export interface OnceCommand extends PlanCommand {
  /** False says that the release before cannot run after this command. Default true. */
  readonly compatible?: boolean;
  /**
   * A text that is run first, on the same instance, in the same way: the command is needed when it ends with 0, and not when
   * it ends with 1; anything else fails the run. Default: always needed. One that is not needed crosses nothing.
   */
  readonly needed?: string;
  /** Its own lock, by name, held while it runs: environments of the application that share a database share it. */
  readonly lock?: string;
  /** Only before the switch: the application is in maintenance from before this command until the release is in service. */
  readonly maintenance?: boolean;
}

/** How an instance's health is seen from the instance itself. */
export interface PlanCheck {
  readonly http?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 200 to 399. */
  readonly status?: number;
  /** A text that the body contains. */
  readonly body?: string;
  /** The body contains the id of the release that is checked: the application itself says which one answers. */
  readonly release?: boolean;
  readonly command?: string;
  readonly user?: string;
  /** How long the check may keep failing before the instance counts as unhealthy. Default 60 s. */
  readonly timeoutMs: number;
  /** How long it must keep succeeding. Default 0: one success is enough. */
  readonly stableMs: number;
}

/** Whose a shared or writable path is. What is left out stays as it is found or made. */
export interface PathOwnership {
  /** As it stands in `shared` or `writable`. */
  readonly path: string;
  readonly owner?: string;
  readonly group?: string;
  /** Octal, as `2775`. */
  readonly mode?: string;
  /**
   * Only for a shared path, and only while nothing is shared there: true moves what the release has into `shared`, false leaves
   * it behind. Without a word, a release that has something there is refused.
   */
  readonly adopt?: boolean;
}

/**
 * What an environment's installer makes of its config: data, so that an instance can run it when the
 * deployment system is down. Secrets stand here by name only.
 */
export interface InstallPlan {
  readonly prepare: readonly PlanCommand[];
  readonly install: readonly PlanCommand[];
  /** In the release being left, before the rename, whenever one is left: deploy, rollback, put back. */
  readonly leave: readonly PlanCommand[];
  readonly activate: readonly PlanCommand[];
  readonly rollback: readonly PlanCommand[];
  readonly once: { readonly before: readonly OnceCommand[]; readonly after: readonly OnceCommand[] };
  /** In `current` on every instance: shows visitors that the application is away for a while, and takes that back. */
  readonly maintenance: { readonly on: readonly PlanCommand[]; readonly off: readonly PlanCommand[] };
  /** Paths in the release that are links into `<root>/shared`. A trailing `/` or an absent target makes a directory. */
  readonly shared: readonly string[];
  /** Paths in the release that the application may write to. */
  readonly writable: readonly string[];
  /** Paths that install or the application make: not counted as drift. */
  readonly generated: readonly string[];
  /** Owner, group, mode and consent of shared and writable paths that ask for any. */
  readonly ownership: readonly PathOwnership[];
  readonly check?: PlanCheck;
  readonly env: Readonly<Record<string, string>>;
  /** Names of the secrets that commands may read as `HAWSER_SECRET_<NAME>`. */
  readonly secrets: readonly string[];
  readonly user?: string;
}

/** A command that the installer would have given, had its config not taken it out. */
export interface SkippedCommand {
  /** `prepare`, `install`, `once.before` and so on. */
  readonly phase: string;
  readonly name: string;
  /** As of a command. */
  readonly origin: string;
  /** The path of the config that took it out. */
  readonly by: string;
}

/** Turns a config into an install plan. Pure: no file, no network, no clock. */
export interface Installer extends Provider {
  /** The same config and roles give the same plan. */
  plan(request: { readonly roles: readonly string[] }): InstallPlan;
  /** The values behind the plan's secret names, for the session that runs the commands. */
  secrets?(): Readonly<Record<string, import("./secret.ts").Secret>>;
  /** For people: the commands that its config took out, in the order of the plan. */
  skipped?(): readonly SkippedCommand[];
}
