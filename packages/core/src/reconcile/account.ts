import type { HawserError } from "../errors/hawser-error.ts";
import type { FleetMember } from "../fleet/member.ts";
import type { Need } from "./need.ts";

/** What one turn did: for its result, for whoever watches, and for the figures. */
export class Account {
  readonly mended = new Map<string, Need>();
  readonly failed = new Map<string, HawserError>();
  /** Vanished ones that were removed and leaving ones that were drained. */
  readonly departed: string[] = [];
  /** Drains of a dead run that were put right. */
  readonly rejoined: string[] = [];
  /** Those that were given up since something else became desired, or a run took them over. */
  readonly overtaken: string[] = [];
  /** Looked at, and without an answer. */
  silent: readonly FleetMember[] = [];
  /** All that the inventory lists, those that leave excepted. */
  present: readonly FleetMember[] = [];
  /** Looked at, and with nothing to mend. */
  well: readonly FleetMember[] = [];
  /** What was desired; undefined before the first deploy. */
  release: string | undefined;
  version = 0;
  /** That what is desired counts no more for a newcomer, or not much longer. */
  expiry: HawserError | undefined;
  /** Set when there was more to do than one turn takes on. */
  more = false;

  /** What a dead run had suspended in the inventory was given back. */
  restored = false;

  get changed(): boolean {
    return this.restored || this.mended.size + this.departed.length + this.rejoined.length > 0;
  }
}
