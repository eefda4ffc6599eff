import type { Problem } from "./common.ts";
import type { FileChange, HoldReport, Outcome } from "./events.ts";
import type { Secret } from "./secret.ts";
import type { Change } from "./source.ts";

/** A stored release, with what the environment knows of it. */
export interface ReleaseSummary {
  /** Its id; ids rise. */
  readonly id: string;
  /** The immutable name of the source's state that it was made of. */
  readonly revision: string;
  /** What a person calls that state: a branch, a tag, a file name. */
  readonly label?: string;
  /** Who made that state. */
  readonly author?: string;
  /** When it was made, in milliseconds since 1970. */
  readonly created: number;
  /** `sha256-<64 hex>`. */
  readonly artifact: string;
  /** What its files have together. */
  readonly sizeBytes: number;
  /** Environments that have it in service. */
  readonly inService: readonly string[];
  /** It has been proved: a run in this environment ended well with it, and it is not marked bad. */
  readonly good: boolean;
  /** A rollback left it: it goes out again only with `--allow-bad`. */
  readonly bad: boolean;
  /** Set when it is pinned: no retention removes it. */
  readonly pinned?: PinReport;
}

/** Who pinned a release, when and why. */
export interface PinReport {
  /** Its id. */
  readonly release: string;
  /** The user's name on the machine. */
  readonly who: string;
  /** The machine's name. */
  readonly host: string;
  /** A link to the CI job. */
  readonly ci?: string;
  /** Milliseconds since 1970, by the clock of who pinned it. */
  readonly since: number;
  /** The reason that was given. */
  readonly why?: string;
}

export interface SignReport {
  readonly signed: number;
  /** Signed by the present key already. */
  readonly kept: number;
  /** Until when the environment's desired state counts by now, seconds since 1970; null: for ever, or nothing is desired. */
  readonly until: number | null;
  /** What was left as it is, because its signature does not hold, or it has none. */
  readonly problems: readonly Problem[];
}

/** What is wrong with an object in storage. */
export interface FsckProblem extends Problem {
  /** The object's key. */
  readonly where: string;
  /** `missing`: something names it and it is not there; `unreferenced`: nothing names it, which harms nobody. */
  readonly state: "damaged" | "missing" | "unsigned" | "unreferenced";
}

/** What a look at everything in storage found. */
export interface FsckReport {
  /** How many objects there are. */
  readonly objects: number;
  /** How many bytes they have together. */
  readonly bytes: number;
  /** In the order of their keys; what is unreferenced is a warning, all else an error. */
  readonly problems: readonly FsckProblem[];
}

/** Something that was done to an environment: a run, or what a person did beside the runs. */
export interface HistoryEntry {
  /** The run's id; null for what was done beside the runs: pin, unpin, hold, unhold, drain, undrain, maintenance, exec, and the copying of a promotion. */
  readonly run: string | null;
  /** What was asked for. */
  readonly verb: string;
  /** The user's name on the machine. */
  readonly who: string;
  /** The release that was desired before; null when there was none, and for what is no run. */
  readonly from: string | null;
  /** The release that it was about. */
  readonly to: string | null;
  /** Why. */
  readonly message?: string;
  /** When it began, in milliseconds since 1970. */
  readonly started: number;
  /** How long it took, in milliseconds; of a run that has ended. */
  readonly durationMs?: number;
  /** `open`: the deployer died and nobody resumed. `noted`: it is no run. */
  readonly outcome: Outcome | "open" | "noted";
  /** The environment that a promoted release came from. */
  readonly origin?: string;
  /** When a hold ends by itself, milliseconds since 1970. */
  readonly until?: number;
  /** The instances that it was done to. */
  readonly instances?: readonly string[];
  /** What was executed on them. */
  readonly command?: string;
  /** Its output: `logs` takes this id. */
  readonly log?: string;
  /** With `changes`: the commits that the run brought, newest first; of more than 50 the newest. Absent: it brought no other release. */
  readonly changes?: readonly Change[];
  /** With `changes`: the commits that it took back, as a rollback does. */
  readonly takenBack?: readonly Change[];
  /** With `changes`: why the commits are not known. */
  readonly unknown?: string;
}

/** A piece of what a command wrote. */
export interface LogEntry {
  /** The run's id, or that of what was executed beside the runs. */
  readonly run: string;
  /** The instance's id, or `deployer`. */
  readonly instance: string;
  /** The step, or the phase of the install plan, that ran it. */
  readonly step: string;
  /** The command's name. */
  readonly command: string;
  /** A piece of its output, redacted; it may end in the middle of a line. Its bytes come from an instance: escape them. */
  readonly text: string;
  /** When the deployer heard it, in milliseconds since 1970. Absent: an earlier Hawser kept it. */
  readonly time?: number;
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
  /** Its id. */
  readonly release: string;
  /** The environment in whose storage it lies, when it was named or is another one. */
  readonly environment?: string;
  /** The immutable name of the source's state that it was made of. */
  readonly revision: string;
  /** What a person calls that state. */
  readonly label?: string;
  /** Who made it. */
  readonly author?: string;
  /** Where it came from, without credentials. */
  readonly url?: string;
  /** `sha256-<64 hex>`. */
  readonly artifact: string;
  /** Bytes of all its files. */
  readonly sizeBytes: number;
  /** When the release was made, in milliseconds since 1970. */
  readonly created: number;
}

/** What differs between two releases. */
export interface DiffAnswer {
  /** What is compared with. */
  readonly from: DiffSide;
  /** What is compared. */
  readonly to: DiffSide;
  /** The files that differ, by name. */
  readonly files: readonly FileChange[];
  /** The commits of `to` that `from` does not have, newest first, as far as the source can tell; of more than 200 the newest. */
  readonly changes: readonly Change[];
  /** The commits of `from` that `to` does not have; absent when there are none. */
  readonly takenBack?: readonly Change[];
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
