import type { HistoryEntry } from "./engine-reports.ts";
import type { DrainReport, ErrorReport, HoldReport, MaintenanceReport } from "./events.ts";

/** What an environment should run, and who put it there. */
export interface DesiredReport {
  readonly release: string;
  /** Rises with every move. */
  readonly version: number;
  /** The release that was desired before. */
  readonly previous: string | null;
  /** When it was moved, milliseconds since 1970, by the mover's clock. */
  readonly since: number;
  /** Until when it counts for who does not run it yet, milliseconds since 1970; absent: for ever. */
  readonly expires?: number;
  /** The run that moved it; what that run was is absent once it is no longer kept. */
  readonly run: string;
  readonly verb?: string;
  readonly who?: string;
  readonly message?: string;
  /** What the release was made of; absent when its record is not there. */
  readonly revision?: string;
  readonly label?: string;
  readonly author?: string;
  readonly url?: string;
}

/** Who has the lock of an environment. */
export interface LockReport {
  /** `unlock` takes it. */
  readonly id: string;
  readonly verb: string;
  readonly who: string;
  readonly host: string;
  readonly pid: number;
  /** A link to the CI job. */
  readonly ci?: string;
  readonly run?: string;
  readonly phase?: string;
  /** When it was taken and last confirmed, milliseconds since 1970, by the owner's clock. */
  readonly since: number;
  readonly confirmed: number;
  /** Another at each confirmation: who sees the same for one and a half of `ttlMs` may take the lock. */
  readonly beat: number;
  readonly ttlMs: number;
}

/** A run that has no end yet. */
export interface OpenRun {
  readonly run: string;
  readonly verb: string;
  readonly who: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly message?: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Somebody has the lock for it and is not known to be dead. Otherwise it is to be resumed or abandoned. */
  readonly underWay: boolean;
}

/** What storage says of an environment. */
export interface Overview {
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  /** Null: nothing was put into service yet. Absent: what is there cannot be read, see `warnings`. */
  readonly desired?: DesiredReport | null;
  /** The lock, while somebody has it. */
  readonly lock?: LockReport;
  readonly open?: OpenRun;
  readonly hold?: HoldReport;
  readonly maintenance?: MaintenanceReport;
  /** Whom people took out of the load balancers, in the order of their ids. */
  readonly drains: readonly (DrainReport & { readonly instance: string })[];
  /** Who was last known to be in service; null: no run has written it down yet. */
  readonly instances: readonly { readonly id: string; readonly roles: readonly string[] }[] | null;
  /** The newest runs, newest first. */
  readonly runs: readonly HistoryEntry[];
  /** Commands to give next. */
  readonly next: readonly string[];
  /** What could not be read, and what a person should know. */
  readonly warnings: readonly ErrorReport[];
}
