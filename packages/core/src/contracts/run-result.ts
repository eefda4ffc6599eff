import type { DeployPlan } from "./engine-requests.ts";
import type { MemberState } from "./load-balancer.ts";

/**
 * How an operation ended.
 *
 * - `done`: as it was asked.
 * - `unchanged`: everything was so already.
 * - `untouched`: it failed, or was refused, before anything was switched.
 * - `putBack`: it failed, or was cancelled, and every instance that had been switched is as before.
 * - `split`: instances are on different releases, or some were left out; the result names them.
 * - `incomplete`: the release is in service, and something behind it failed; `exec` and `maintenance`: it failed on an instance.
 * - `interrupted`: it was stopped, and is open or was closed by who came next.
 */
export type Outcome = "done" | "unchanged" | "untouched" | "putBack" | "split" | "incomplete" | "interrupted";

/**
 * What the process of a command ends with: 0 done or unchanged, 1 failed (untouched, put back or incomplete),
 * 2 usage or config, 3 instances on different releases, 4 could not look, 75 busy or held, 76 fenced,
 * 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 75 | 76 | 130;

/**
 * Where an instance stands in a run.
 *
 * - `unknown`: nobody has looked yet.
 * - `surveyed`: it answered, and what it holds is known.
 * - `staging`, `staged`: the release is brought to it, and lies there complete and inactive.
 * - `installing`, `ready`: the install commands run in the new release, and have ended.
 * - `draining`: the load balancers give it no new requests, and the open ones end.
 * - `switching`: the release is activated.
 * - `checking`: it has to show that it is healthy.
 * - `joining`: it goes into the load balancers again.
 * - `active`: it runs what it is to run.
 * - `drained`: a person took it out of the load balancers.
 * - `maintenance`: it shows its maintenance page.
 * - `putBack`: it runs again what it ran before.
 * - `failed`: something went wrong on it.
 * - `unreachable`: the inventory lists it, and it does not answer.
 * - `gone`: the inventory lists it no longer.
 * - `starting`: the inventory does not count it as in service yet.
 */
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

/** How an instance stands at the end, read back from it. */
export interface InstanceResult {
  /** Its id in the inventory. */
  readonly id: string;
  /** The release that `current` points to, read back; null when there is none or it could not be read. */
  readonly release: string | null;
  /** Where it stands. */
  readonly state: InstanceState;
  /** What it is for: `web`, `worker`, … */
  readonly roles?: readonly string[];
  /** The worst of its states in the load balancers that carry it; absent: not looked at, or none carries it. */
  readonly loadBalancer?: MemberState;
  /** What the load balancers' own checks say. */
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

/** Something that went wrong, as an error or a warning. */
export interface ErrorReport {
  /** One of the error reference. */
  readonly code: string;
  /** What happened, in one line; for people: it may change in any version. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The instance on which it happened. */
  readonly instance?: string;
  /** The step in which it happened. */
  readonly step?: string;
  /** The last lines of the output that matters. */
  readonly output?: string;
}

/** The last word on an operation; also on a failed one. */
export interface RunResult {
  readonly type: "result";
  /** Whether it did what was asked: `done` or `unchanged`, and an abandoned run that is put back whole. */
  readonly ok: boolean;
  /** What the process of the command ends with. */
  readonly exitCode: ExitCode;
  /** How it ended. */
  readonly outcome: Outcome;
  /** What was asked for. */
  readonly verb: string;
  /** The application of the config. */
  readonly application: string;
  /** Empty for the top level of a config without environments. */
  readonly environment: string;
  /** The run's id; null for verbs that are not runs. */
  readonly run: string | null;
  /** The release that it was about: what it brought into service, or was to. */
  readonly release: string | null;
  /** The release that was desired before. */
  readonly from: string | null;
  /** The immutable name of the source's state. */
  readonly revision: string | null;
  /** `sha256-<64 hex>`. */
  readonly artifact: string | null;
  /** The release that storage says the environment should run; `unknown` when storage is down. */
  readonly desired: string | null;
  /** Every instance of the inventory that it knew of. */
  readonly instances: readonly InstanceResult[];
  /** Why it failed. */
  readonly error?: ErrorReport;
  /** What did run and cannot be undone: `once` commands above all. */
  readonly ran: readonly string[];
  /** The run is not over: it is to be resumed or abandoned. */
  readonly open?: true;
  /** Commands to give next. */
  readonly next: readonly string[];
  /** Everything that was told as a warning. */
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
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/** That deploys of an environment are stopped. */
export interface HoldReport {
  /** The user's name on the machine. */
  readonly who: string;
  /** The machine's name. */
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  /** The reason that was given. */
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who holds. */
  readonly since: number;
  /** When it ends by itself, milliseconds since 1970; absent: when somebody ends it. */
  readonly until?: number;
}

/** That the application is in maintenance. */
export interface MaintenanceReport {
  /** The user's name on the machine. */
  readonly who: string;
  /** The machine's name. */
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  /** The reason that was given. */
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who turned it on. */
  readonly since: number;
  /** The run that turned it on, which is to turn it off again. Absent: a person did, and no run ends it. */
  readonly run?: string;
}

/** That a person took an instance out of the load balancers. */
export interface DrainReport {
  /** The user's name on the machine. */
  readonly who: string;
  /** The machine's name. */
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  /** The reason that was given. */
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who drained it. */
  readonly since: number;
}

/** A file that differs between two artifacts. */
export interface FileChange {
  /** Below the release's directory. */
  readonly path: string;
  /** `mode`: its contents are the same. */
  readonly change: "added" | "changed" | "removed" | "mode";
  /** Its size in the newer one, of a removed file in the older one. */
  readonly sizeBytes: number;
}
