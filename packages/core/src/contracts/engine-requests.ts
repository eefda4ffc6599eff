import type { HistoryEntry } from "./engine-reports.ts";

/**
 * What a `plan` looked at and a `deploy` with it puts out: exactly that, or nothing. Plain data, to be kept and handed on as
 * JSON; it holds no secret.
 */
export interface DeployPlan {
  readonly hawserPlan: 1;
  readonly application: string;
  readonly environment: string;
  /** As it was asked for. */
  readonly ref: string | null;
  readonly revision: string;
  readonly exact: boolean;
  /** The stored release that would go out; null when one would be made. */
  readonly release: string | null;
  /** The environment that the release is taken from. */
  readonly origin: string | null;
  /** `sha256-<64 hex>`; null when it was not built. */
  readonly artifact: string | null;
  /** `sha256-<64 hex>` of what the config's installer would do. */
  readonly installPlan: string;
  /** The digest of the source's options, the prepare commands and the revision. */
  readonly build: string;
  /** What the environment had in service, and the version of its desired state; 0 when there was none. */
  readonly from: string | null;
  readonly version: number;
}

export interface EngineRequest {
  /** Default: the only environment, or the top level when none is defined. */
  readonly environment?: string;
  /** Aborting is `cancel("putBack")`. */
  readonly signal?: AbortSignal;
}

export interface LockRequest extends EngineRequest {
  /** How long to wait for a held lock. Default 0: busy at once. */
  readonly waitMs?: number;
}

export interface DeployRequest extends LockRequest {
  /** Default: the source's own `ref`. */
  readonly ref?: string;
  /**
   * Ship this stored release. One that only another environment's storage has is copied from there, byte for byte; where
   * several have different ones `from` says which.
   */
  readonly release?: string;
  /** Ship what another environment has in service, or its `release`: the same bytes, copied where the storages differ. */
  readonly from?: string;
  /**
   * Put out exactly what a plan looked at (`RunResult.plan`). Anything that has changed since, in the environment or in the
   * config, is `HWS_PLAN_STALE`, and nothing is touched.
   */
  readonly plan?: DeployPlan;
  /** Go on with an open run; without one it is a misuse. */
  readonly resume?: boolean;
  /** Put an open run back, verify, close it. */
  readonly abandon?: boolean;
  readonly dryRun?: boolean;
  /** Prepare again although a stored release has this revision. */
  readonly rebuild?: boolean;
  /** Let a release that was marked bad go out again. */
  readonly allowBad?: boolean;
  /** Go back over a `once` marked `compatible: false`: somebody has made sure that the earlier release can run after it. */
  readonly allowIncompatible?: boolean;
  /** How a person settled a `once` command that started and has no recorded end: by command name. */
  readonly once?: Readonly<Record<string, "done" | "again">>;
  /** Adopt a storage that is younger than the fleet. */
  readonly adopt?: boolean;
  /** Why; kept in the history. */
  readonly message?: string;
}

export interface RollbackRequest extends LockRequest {
  /** Default: the last release proved good before the current one. */
  readonly to?: string;
  readonly allowBad?: boolean;
  /** As for a deploy. */
  readonly allowIncompatible?: boolean;
  readonly message?: string;
}

export interface ReconcileRequest extends EngineRequest {
  /** Only this instance. Default: all, and what is to be done for those that vanished or leave. */
  readonly instance?: string;
}

export interface WatchRequest extends EngineRequest {
  /** How long to rest between two turns; a few percent more or less each time. Default 15 s. */
  readonly intervalMs?: number;
  /**
   * Where figures are served as OpenMetrics text: a port of the loopback address, or `address:port`. Default: nowhere.
   */
  readonly metrics?: number | string;
  /** Gives the config anew before each turn. Default: the one that the engine was made of. */
  config?(): Promise<unknown>;
}

export interface PlanRequest extends EngineRequest {
  readonly ref?: string;
  /** As for a deploy; nothing is copied. */
  readonly release?: string;
  readonly from?: string;
  /** Prepare although a stored release has this revision. */
  readonly rebuild?: boolean;
  /** Also prepare, and say which files differ and how many bytes each instance needs. */
  readonly build?: boolean;
}

export interface StatusRequest extends EngineRequest {
  /** Compare every file's stat with what was installed. Default true. */
  readonly drift?: boolean;
}

/** Which stored releases are wanted; what is not said is not asked for. */
export interface ReleasesRequest extends EngineRequest {
  /** The revision's name or its label as a whole, or how the name begins: four characters at least. */
  readonly revision?: string;
  /** As `ReleaseSummary.good` and `bad` say. */
  readonly good?: boolean;
  readonly bad?: boolean;
  /** Whether the environment has it in service. */
  readonly inService?: boolean;
  /** Made then or later, milliseconds since 1970. */
  readonly since?: number;
  /** How many at most, newest first. Default: all. */
  readonly limit?: number;
}

/** What is wanted of the history; what is not said is not asked for. */
export interface HistoryRequest extends EngineRequest {
  /** Only this run; nothing when there is none. */
  readonly run?: string;
  /** How many at most, newest first. Default 50. */
  readonly limit?: number;
  /** Begun then or later, milliseconds since 1970. */
  readonly since?: number;
  /** Only what was asked for so: `deploy`, `pin`, `maintenance on`. */
  readonly verb?: string;
  readonly outcome?: HistoryEntry["outcome"];
  /**
   * Also ask the source which commits lie between the releases that a run led from and to: 50 of each run at most. That it cannot
   * tell is said in the entry, and is no failure. Default false.
   */
  readonly changes?: boolean;
}

export interface LogsRequest extends EngineRequest {
  /** Default: the last one. */
  readonly run?: string;
  /** Only of this instance; `deployer` is the deployer itself. */
  readonly instance?: string;
  /** Only of this step. */
  readonly step?: string;
}

export interface PinRequest extends EngineRequest {
  readonly release: string;
  /** One line of up to 1000 characters. */
  readonly reason?: string;
}

export interface HoldRequest extends EngineRequest {
  /** One line of up to 1000 characters; everyone whose deploy is stopped reads it. */
  readonly reason: string;
  /**
   * When it ends by itself, milliseconds since 1970. Default: when somebody ends it. It is compared with the wall
   * clock of whoever looks.
   */
  readonly until?: number;
}

export interface UnholdRequest extends EngineRequest {
  /** Why; kept in the history. One line of up to 1000 characters. */
  readonly reason?: string;
}

export interface DrainRequest extends EngineRequest {
  /** Their ids; or all of a role. */
  readonly instances?: readonly string[];
  readonly role?: string;
  /** One line of up to 1000 characters; `status` shows it to everyone. */
  readonly reason: string;
  /** Also when too few healthy members are left. */
  readonly force?: boolean;
}

export interface UndrainRequest extends EngineRequest {
  readonly instances?: readonly string[];
  readonly role?: string;
  /** Why; kept in the history. One line of up to 1000 characters. */
  readonly reason?: string;
}

export interface MaintenanceRequest extends LockRequest {
  readonly state: "on" | "off";
  /** One line of up to 1000 characters; `status` shows it to everyone. Needed for `on`. */
  readonly reason?: string;
}

export interface ExecRequest extends EngineRequest {
  /** The program and its arguments: no shell reads them. */
  readonly argv: readonly string[];
  /** Only on instances with this role. Default: on all. */
  readonly role?: string;
  /** Only on these. */
  readonly instances?: readonly string[];
  /** On one of them: the first that answers. */
  readonly once?: boolean;
  /** How long it may take on an instance before it is killed there. Default 10 minutes. */
  readonly timeoutMs?: number;
}

export interface SignRequest extends EngineRequest {
  /** Also what has no signature: whoever asks vouches for it as it lies in storage. Default false. */
  readonly unsigned?: boolean;
}

export interface ProvisionRequest extends EngineRequest {
  /** The roles of the machines that get this script. Default: none. */
  readonly roles?: readonly string[];
  /** Commands that run in `current`, in order, once the machine is healthy: they join it, or complete its lifecycle. */
  readonly ready?: readonly string[];
  /** Let machines believe whatever storage says: nothing is signed. */
  readonly unsigned?: boolean;
  /**
   * Where machines get the values of secrets from: `laid` by the image in `<root>/.hawser/secrets/<NAME>`, printed by a
   * `command` of the image that gets `HAWSER_SECRET_NAME`, or `published` sealed in storage. Default: the config's `provision.secrets`.
   */
  readonly secrets?: "laid" | "published" | { readonly command: string };
  /** How long a machine waits for storage before it gives up. Default 30 minutes. */
  readonly waitMs?: number;
  /** Where the script will lie on machines, for the unit. Default `/etc/hawser/<application>[-<environment>].sh`. */
  readonly path?: string;
  /** As whom the unit runs it. Default root. */
  readonly user?: string;
}
