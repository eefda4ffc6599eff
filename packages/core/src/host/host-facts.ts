import type { HostUserQuestion } from "./host-requests.ts";

/** What it says to a question about a user: `tool` when it has no sudo, or nothing else to become him. */
export interface HostUserAnswer extends HostUserQuestion {
  readonly may: "yes" | "no" | "absent" | "tool";
}

/** What an instance says of itself. Changes nothing to learn it. */
export interface HostSurvey {
  readonly rootState: "present" | "absent" | "unusable";
  readonly writable: boolean;
  /** `<application> <environment>` (`-` for the top level). */
  readonly owner: string | null;
  readonly current: {
    readonly kind: "release" | "foreign" | "none" | "directory";
    readonly release?: string;
    readonly target?: string;
  };
  /** A release id, or `foreign <path>`. */
  readonly previous: string | null;
  readonly epoch: number;
  /** Names the trust that is laid there (`Trust.digest`); null when there is none, `damaged` when it is not whole. */
  readonly trust: string | null;
  /** The version of the newest desired state that it has accepted; 0 before the first. */
  readonly trusted: number;
  /** Seconds since 1970 by the instance's clock. */
  readonly clockSeconds: number;
  readonly user: string;
  readonly bootId: string;
  /** -1 where it is unknown. */
  readonly freeBytes: number;
  readonly freeInodes: number;
  readonly tools: Readonly<Record<string, string | boolean>>;
  /** Whether it has an identity of age, which opens what is sealed to it. */
  readonly identity: boolean;
  /** To the questions that were asked, in their order. */
  readonly users: readonly HostUserAnswer[];
  /** Where programs are that rules of sudo name. */
  readonly programs: { readonly sh: string; readonly chown: string };
  /** Complete releases only. */
  readonly releases: readonly HeldRelease[];
  readonly problems: readonly HostProblem[];
}

export interface HostProblem {
  readonly code: string;
  readonly message: string;
}

export interface HeldRelease {
  readonly id: string;
  readonly state: "staged" | "installing" | "installed";
  readonly artifact: string;
  readonly manifest: string;
  /** When the state was last set, seconds since 1970. */
  readonly changedAt: number;
}

export interface Difference {
  readonly what: "changed" | "missing" | "mode" | "type" | "extra";
  /** Percent-encoded, as in the manifest. */
  readonly name: string;
}

export interface HostVerification {
  readonly paths: number;
  /** How many had to be read. */
  readonly hashed: number;
  readonly differing: readonly Difference[];
}

export interface HostStaged {
  /** It was here already, complete and unchanged: nothing was written. */
  readonly already: boolean;
  readonly state: "staged" | "installing" | "installed";
  readonly method: string;
  readonly written: number;
  readonly removed: number;
}

export interface HostCommandEnd {
  /** 128 + n after signal n. */
  readonly exit: number;
  readonly timedOut: boolean;
  /** It was started by an earlier request. */
  readonly attached: boolean;
  readonly durationMs: number;
  readonly truncated: boolean;
}

export interface HostHealth {
  readonly healthy: boolean;
  readonly attempts: number;
  /** What the last attempt saw, in a few words. */
  readonly detail: string;
  /** Of one that is not healthy: how the answered page begins, or how the command's output ends; 3,000 bytes at most. */
  readonly output: string;
}
