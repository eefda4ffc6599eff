import type { DiffAnswer, HistoryEntry, LogEntry } from "@hawser/core";
import type { RunEvent } from "@hawser/core/plugin";

/** What is known of a run: everything that its picture is made of. */
export interface RunFacts {
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  /** What it told, oldest first, of every deployer that worked on it; empty when nothing was kept. */
  readonly events: readonly RunEvent[];
  /** Its line in the history. */
  readonly history?: HistoryEntry;
  /** The release before it, the one that it was about, and what differs. A first release is compared with itself. */
  readonly diff?: DiffAnswer;
  /** The output that is worth reading: of those that failed. */
  readonly logs?: readonly LogEntry[];
  /** What could not be looked at, and why. */
  readonly unknown?: readonly string[];
  /** Of a run without an end: whether somebody works on it now. Absent: that is not known. */
  readonly underWay?: boolean;
  /** When these facts were gathered, milliseconds since 1970. */
  readonly gathered: number;
}
