import type { DeployPlan } from "./engine-requests.ts";
import type { MemberState } from "./load-balancer.ts";

/** How an operation ended. `untouched`: nothing was switched; `putBack`: every switched instance is as before. */
export type Outcome = "done" | "unchanged" | "untouched" | "putBack" | "split" | "incomplete" | "interrupted";

/**
 * What the process of a command ends with: 0 done or unchanged, 1 failed (untouched, put back or incomplete),
 * 2 usage or config, 3 instances on different releases, 4 could not look, 75 busy or held, 76 fenced,
 * 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 75 | 76 | 130;

/** Where an instance stands in a run. */
export type InstanceState =
  | "unknown"
  | "surveyed"
  | "staging"
  | "staged"
  | "installing"
  | "ready"
  | "draining"
  | "switching"
  | "checking"
  | "joining"
  | "active"
  | "drained"
  | "maintenance"
  | "putBack"
  | "failed"
  | "unreachable"
  | "gone"
  | "starting";

export interface InstanceResult {
  readonly id: string;
  /** The release that `current` points to, read back; null when there is none or it could not be read. */
  readonly release: string | null;
  readonly state: InstanceState;
  readonly roles?: readonly string[];
  readonly loadBalancer?: MemberState;
  readonly healthy?: "yes" | "no" | "unknown";
  /** That a person took it out of the load balancers. */
  readonly drain?: DrainReport;
  /** Paths that differ from what was installed; absent when not looked at. */
  readonly drift?: readonly string[];
  /** Bytes sent to it, or fetched by it (plan: that would be). */
  readonly bytes?: number;
  /** How its archive came: `pull` fetched from storage by the instance, `stream` over the session. */
  readonly via?: "pull" | "stream";
  /** `exec`: what the program ended with. */
  readonly exit?: number;
  /** What went wrong on it. */
  readonly error?: ErrorReport;
}

export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly instance?: string;
  readonly step?: string;
  /** The last lines of the output that matters. */
  readonly output?: string;
}

/** The last word on an operation; also on a failed one. */
export interface RunResult {
  readonly type: "result";
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  readonly outcome: Outcome;
  readonly verb: string;
  readonly application: string;
  readonly environment: string;
  /** The run's id; null for verbs that are not runs. */
  readonly run: string | null;
  readonly release: string | null;
  /** The release that was desired before. */
  readonly from: string | null;
  readonly revision: string | null;
  /** `sha256-<64 hex>`. */
  readonly artifact: string | null;
  /** The release that storage says the environment should run; `unknown` when storage is down. */
  readonly desired: string | null;
  readonly instances: readonly InstanceResult[];
  readonly error?: ErrorReport;
  /** What did run and cannot be undone: `once` commands above all. */
  readonly ran: readonly string[];
  /** The run is not over: it is to be resumed or abandoned. */
  readonly open?: true;
  /** Commands to give next. */
  readonly next: readonly string[];
  readonly warnings: readonly ErrorReport[];
  /** `exec`, `maintenance`: its output; `logs` takes this id. */
  readonly log?: string;
  /** `status` and `plan`: deploys are held. */
  readonly hold?: HoldReport;
  /** `status`, `maintenance` and runs: the application is in maintenance now. */
  readonly maintenance?: MaintenanceReport;
  /**
   * `plan`: what `deploy` takes to put out exactly this. Absent when the revision is not exact and nothing was built: then
   * nothing would say whether it is still the same.
   */
  readonly plan?: DeployPlan;
  /** `plan --build`: what differs from the release in service. */
  readonly changes?: readonly FileChange[];
  /** `plan --build`: bytes to all instances. */
  readonly bytes?: number;
  readonly durationMs: number;
}

/** That deploys of an environment are stopped. */
export interface HoldReport {
  readonly who: string;
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who holds. */
  readonly since: number;
  /** When it ends by itself, milliseconds since 1970; absent: when somebody ends it. */
  readonly until?: number;
}

/** That the application is in maintenance. */
export interface MaintenanceReport {
  readonly who: string;
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who turned it on. */
  readonly since: number;
  /** The run that turned it on, which is to turn it off again. Absent: a person did, and no run ends it. */
  readonly run?: string;
}

/** That a person took an instance out of the load balancers. */
export interface DrainReport {
  readonly who: string;
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who drained it. */
  readonly since: number;
}

export interface FileChange {
  readonly path: string;
  readonly change: "added" | "changed" | "removed" | "mode";
  readonly sizeBytes: number;
}

interface EventBase {
  /** Milliseconds since 1970, the deployer's clock. */
  readonly time: number;
}

export type RunEvent =
  | (EventBase & {
      readonly type: "start";
      readonly schema: 1;
      readonly version: string;
      readonly verb: string;
      readonly application: string;
      readonly environment: string;
      readonly run: string | null;
    })
  | (EventBase & {
      readonly type: "run";
      /** The run's id, known once the lock is held. */
      readonly run: string;
      /** Whether it goes on with a run whose deployer died. */
      readonly resumed: boolean;
      readonly from: string | null;
    })
  | (EventBase & {
      readonly type: "step";
      readonly step: string;
      readonly phase: "started" | "done" | "failed" | "skipped";
      readonly detail?: string;
      readonly durationMs?: number;
    })
  | (EventBase & {
      readonly type: "wave";
      readonly wave: number;
      readonly of: number;
      readonly phase: "started" | "done" | "failed" | "putBack";
      readonly instances: readonly string[];
    })
  | (EventBase & {
      readonly type: "instance";
      readonly instance: string;
      readonly roles?: readonly string[];
      readonly state: InstanceState;
      readonly release?: string | null;
      readonly loadBalancer?: MemberState;
      readonly healthy?: "yes" | "no" | "unknown";
      readonly bytes?: number;
      readonly via?: "pull" | "stream";
      readonly detail?: string;
    })
  | (EventBase & {
      readonly type: "progress";
      readonly what: string;
      readonly instance?: string;
      readonly bytes: number;
      readonly total?: number;
    })
  | (EventBase & {
      readonly type: "output";
      /** An instance id, or `deployer`. */
      readonly instance: string;
      readonly step: string;
      readonly command: string;
      readonly text: string;
    })
  | (EventBase & {
      readonly type: "waiting";
      readonly what: string;
      /** When the wait began and when it gives up, milliseconds since 1970. */
      readonly since: number;
      readonly until: number;
      readonly instances: readonly string[];
    })
  | (EventBase & { readonly type: "warning" } & ErrorReport)
  | (EventBase & RunResult);
