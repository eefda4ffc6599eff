import type { Problem } from "./common.ts";
import type { FileChange, Outcome, RunEvent, RunResult } from "./events.ts";
import type { Secret } from "./secret.ts";
import type { Change } from "./source.ts";

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
  /** Ship this stored release. */
  readonly release?: string;
  /** Ship what another environment has in service. */
  readonly from?: string;
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
  readonly release?: string;
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
}

export interface HistoryEntry {
  readonly run: string;
  readonly verb: string;
  readonly who: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly message?: string;
  readonly started: number;
  readonly durationMs?: number;
  /** `open`: the deployer died and nobody resumed. */
  readonly outcome: Outcome | "open";
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
  diff(
    request: EngineRequest & { readonly from: string; readonly to: string },
  ): Promise<{ readonly files: readonly FileChange[]; readonly changes: readonly Change[] }>;
  /** Checks every instance, tool and provider. */
  doctor(request?: EngineRequest): Promise<readonly Problem[]>;
  /**
   * What a machine image or cloud-init needs so that new instances provision themselves from storage alone. Changes
   * nothing, and refuses what could not work or would be unsafe.
   */
  provision(request?: ProvisionRequest): Promise<Provision>;
  /** Stores the installer's secrets for new instances, signed, and sealed to `encryption.recipients`. */
  publishSecrets(request?: EngineRequest): Promise<{ readonly names: readonly string[] }>;
  /** Frees a lock whose owner is known to be dead. `id` is the holder's lock id. */
  unlock(request: EngineRequest & { readonly id: string }): Promise<void>;
}
