import type { Problem } from "./common.ts";
import type { FileChange, HoldReport, Outcome, RunEvent, RunResult } from "./events.ts";
import type { Secret } from "./secret.ts";
import type { Change } from "./source.ts";

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

/** One execution of an operation; it has already started. */
export interface Run extends AsyncIterable<RunEvent> {
  /** The result; also that of a failed run. Rejects only on misuse of the library. */
  readonly result: Promise<RunResult>;
  /**
   * First call: starts no new wave, puts back what was switched, ends. Second call: stops at the next safe point,
   * frees the lock and leaves an open run. `stop`: as the second call at once.
   */
  cancel(how?: "putBack" | "stop"): void;
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

export interface ReleaseSummary {
  readonly id: string;
  readonly revision: string;
  readonly label?: string;
  readonly author?: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly artifact: string;
  readonly sizeBytes: number;
  /** Environments that have it in service. */
  readonly inService: readonly string[];
  readonly good: boolean;
  readonly bad: boolean;
  /** Set when it is pinned: no retention removes it. */
  readonly pinned?: PinReport;
}

/** Who pinned a release, when and why. */
export interface PinReport {
  readonly release: string;
  readonly who: string;
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  /** Milliseconds since 1970, by the clock of who pinned it. */
  readonly since: number;
  readonly why?: string;
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

export interface HistoryEntry {
  /** The run's id; null for what was done beside the runs: pin, unpin, hold, unhold, and the copying of a promotion. */
  readonly run: string | null;
  readonly verb: string;
  readonly who: string;
  readonly from: string | null;
  /** The release that it was about. */
  readonly to: string | null;
  /** Why. */
  readonly message?: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly durationMs?: number;
  /** `open`: the deployer died and nobody resumed. `noted`: it is no run. */
  readonly outcome: Outcome | "open" | "noted";
  /** The environment that a promoted release came from. */
  readonly origin?: string;
  /** When a hold ends by itself, milliseconds since 1970. */
  readonly until?: number;
}

export interface LogEntry {
  readonly run: string;
  readonly instance: string;
  readonly step: string;
  readonly command: string;
  readonly text: string;
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
   * `command` of the image that gets `HAWSER_SECRET_NAME`, or `published` sealed in storage.
   */
  readonly secrets?: "laid" | "published" | { readonly command: string };
  /** How long a machine waits for storage before it gives up. Default 30 minutes. */
  readonly waitMs?: number;
  /** Where the script will lie on machines, for the unit. Default `/etc/hawser/<application>[-<environment>].sh`. */
  readonly path?: string;
  /** As whom the unit runs it. Default root. */
  readonly user?: string;
}

export interface Provision {
  /** A POSIX script that brings a machine to the desired release. It may hold what reads storage. */
  readonly script: Secret;
  /** The systemd unit that runs it at each boot. */
  readonly unit: string;
  /** Where the unit expects the script. */
  readonly path: string;
  readonly warnings: readonly Problem[];
}

/** One side of a `diff`. */
export interface DiffSide {
  readonly release: string;
  /** The environment in whose storage it lies, when it was named or is another one. */
  readonly environment?: string;
  readonly revision: string;
  readonly label?: string;
  readonly author?: string;
  readonly url?: string;
  /** `sha256-<64 hex>`. */
  readonly artifact: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export interface DiffAnswer {
  readonly from: DiffSide;
  readonly to: DiffSide;
  readonly files: readonly FileChange[];
  /** The commits between them, as far as the source can tell. */
  readonly changes: readonly Change[];
  /** Why the commits are not known. */
  readonly unknown?: string;
}

/** What a verb of a moment did; `changed` is false when everything was so already. */
export interface PinAnswer {
  /** The pin in force; of `unpin` the one that was taken off, absent when there was none. */
  readonly pin?: PinReport;
  readonly changed: boolean;
}

export interface HoldAnswer {
  /** The hold in force; of `unhold` the one that was ended, absent when there was none. */
  readonly hold?: HoldReport;
  readonly changed: boolean;
}

/** The engine that the command line uses; every verb is a method. Disposing it frees all it holds. */
export interface Engine extends AsyncDisposable {
  deploy(request?: DeployRequest): Run;
  rollback(request?: RollbackRequest): Run;
  /** What a deploy would do. Takes no lock and changes nothing. */
  plan(request?: PlanRequest): Run;
  /** What every instance runs, its health, load balancer state and drift. Takes no lock and changes nothing. */
  status(request?: StatusRequest): Run;
  /** Removes what retention no longer keeps, from instances, storage and the deployer's cache. */
  prune(request?: LockRequest & { readonly dryRun?: boolean }): Run;
  releases(request?: EngineRequest): Promise<readonly ReleaseSummary[]>;
  /** Newest first. */
  history(request?: EngineRequest & { readonly limit?: number }): Promise<readonly HistoryEntry[]>;
  /** The kept output of a run (default: the last one), oldest first. */
  logs(
    request?: EngineRequest & { readonly run?: string; readonly instance?: string; readonly step?: string },
  ): AsyncIterable<LogEntry>;
  /** What differs between two releases, each named by its id or by the environment that has it in service. */
  diff(request: EngineRequest & { readonly from: string; readonly to: string }): Promise<DiffAnswer>;
  /** Checks every instance, tool and provider. */
  doctor(request?: EngineRequest): Promise<readonly Problem[]>;
  /**
   * What a machine image or cloud-init needs so that new instances provision themselves from storage alone. Changes
   * nothing, and refuses what could not work or would be unsafe.
   */
  provision(request?: ProvisionRequest): Promise<Provision>;
  /** Stores the installer's secrets for new instances, signed, and sealed to `encryption.recipients`. */
  publishSecrets(request?: EngineRequest): Promise<{ readonly names: readonly string[] }>;
  /**
   * Keeps a release: no retention removes it, from storage or from an instance, until it is unpinned. Takes no lock. A
   * release that is pinned keeps the pin that it has.
   */
  pin(request: PinRequest): Promise<PinAnswer>;
  unpin(request: PinRequest): Promise<PinAnswer>;
  /**
   * Stops deploys of the environment, also one under way before its next wave; never a rollback, never putting back.
   * Takes no lock. A hold in force is replaced by one that ends no earlier.
   */
  hold(request: HoldRequest): Promise<HoldAnswer>;
  unhold(request?: UnholdRequest): Promise<HoldAnswer>;
  /** Frees a lock whose owner is known to be dead. `id` is the holder's lock id. */
  unlock(request: EngineRequest & { readonly id: string }): Promise<void>;
}
