import type { MemberState } from "./load-balancer.ts";
import type { ErrorReport, InstanceState, RunResult } from "./run-result.ts";

export type * from "./run-result.ts";

/** What every event has. */
export interface EventBase {
  /** When it was told, in milliseconds since 1970 by the deployer's clock. */
  readonly time: number;
}

/** The first event of everything that is asked of an engine. */
export interface StartEvent extends EventBase {
  readonly type: "start";
  /** The version of the events: a higher one has a meaning that a reader of this one would misread. */
  readonly schema: 1;
  /** The version of Hawser. */
  readonly version: string;
  /** What was asked for: `deploy`, `rollback`, `status`, … */
  readonly verb: string;
  /** The application of the config. */
  readonly application: string;
  /** Empty for the top level of a config without environments. */
  readonly environment: string;
  /** Null: which run it becomes is known once the lock is held, and told by `run`. */
  readonly run: string | null;
}

/** A run has begun: the lock is held and the journal is open. */
export interface RunBegunEvent extends EventBase {
  readonly type: "run";
  /** The run's id; `logs` and `engine.events` take it. */
  readonly run: string;
  /** Whether it goes on with a run whose deployer died. */
  readonly resumed: boolean;
  /** The release that is desired when it begins; null when there is none. */
  readonly from: string | null;
}

/** A step of the table begins or ends, or a piece of work that has a name of its own, as `put back`, `settle`, `prune storage` or a `once` command. */
export interface StepEvent extends EventBase {
  readonly type: "step";
  /** Its name. The steps of a deploy are listed by `plan --steps`; a wave is `wave-1`, the gate behind it `gate-1`. */
  readonly step: string;
  /** `skipped`: it was not needed; `detail` says why. */
  readonly phase: "started" | "done" | "failed" | "skipped";
  /** What there is to say of it to a person. */
  readonly detail?: string;
  /** How long it took, in milliseconds; of one that is done. */
  readonly durationMs?: number;
  /** The revision that is known by it; of `resolve` that is done. */
  readonly revision?: string;
  /** The release that is known by it; of `store` that is done. */
  readonly release?: string;
}

/** A share of the fleet begins to be switched, or has been. */
export interface WaveEvent extends EventBase {
  readonly type: "wave";
  /** Counted from 1. */
  readonly wave: number;
  /** How many waves there are. */
  readonly of: number;
  /** That instances are put back is told by the step `put back`; no version tells `putBack` here yet. */
  readonly phase: "started" | "done" | "failed" | "putBack";
  /** The ids of its instances. */
  readonly instances: readonly string[];
}

/** An instance stands elsewhere in the run than before, or something new is known of it. */
export interface InstanceEvent extends EventBase {
  readonly type: "instance";
  /** Its id. */
  readonly instance: string;
  /** What it is for: `web`, `worker`, … */
  readonly roles?: readonly string[];
  /** Where it stands. */
  readonly state: InstanceState;
  /** The release that its `current` names; null when there is none, or it is not known. */
  readonly release?: string | null;
  /** The worst of its states in the load balancers that carry it; absent: not looked at, or none carries it. */
  readonly loadBalancer?: MemberState;
  /** What the load balancers' own checks say. */
  readonly healthy?: "yes" | "no" | "unknown";
  /** Bytes sent to it, or fetched by it, in this run so far. */
  readonly bytes?: number;
  /** How its archive came: `pull` fetched from storage by the instance, `stream` over the session. */
  readonly via?: "pull" | "stream";
  /** What there is to say of it to a person. */
  readonly detail?: string;
}

/** How far something long has come; ten times a second at most. May be left out for a slow reader, and is not kept. */
export interface ProgressEvent extends EventBase {
  readonly type: "progress";
  /** What is under way: the name of a step. */
  readonly what: string;
  /** The instance that it is for; absent: it is the deployer's own work. */
  readonly instance?: string;
  /** Bytes so far. */
  readonly bytes: number;
  /** Bytes there will be; absent while it is not known. */
  readonly total?: number;
}

/** What a command wrote, as it comes. May be left out for a slow reader; it is kept in the run's log. */
export interface OutputEvent extends EventBase {
  readonly type: "output";
  /** An instance's id, or `deployer`. */
  readonly instance: string;
  /** The step, or the phase of the install plan, that runs it. */
  readonly step: string;
  /** The command's name in the install plan. */
  readonly command: string;
  /** A piece of its output, redacted; it may end in the middle of a line. Its bytes come from an instance: escape them. */
  readonly text: string;
}

/** Nothing goes on until something happens. One that nobody asked for and that lasts a minute is told a second time. */
export interface WaitingEvent extends EventBase {
  readonly type: "waiting";
  /** What is waited for, in words. */
  readonly what: string;
  /** When the wait began, in milliseconds since 1970. */
  readonly since: number;
  /** When it gives up, in milliseconds since 1970. */
  readonly until: number;
  /** Whom it is about; while a run is paused those that it has drained. */
  readonly instances: readonly string[];
}

/** Something is not as it should be, and the run goes on. Also of a command that may fail, and did. */
export interface WarningEvent extends EventBase, ErrorReport {
  readonly type: "warning";
}

/** The last event: how it ended, also when it failed. */
export interface ResultEvent extends EventBase, RunResult {}

/** What is told of everything that is asked of an engine. Types and fields may be added in any version: who reads ignores what it does not know. */
export type RunEvent =
  | StartEvent
  | RunBegunEvent
  | StepEvent
  | WaveEvent
  | InstanceEvent
  | ProgressEvent
  | OutputEvent
  | WaitingEvent
  | WarningEvent
  | ResultEvent;
