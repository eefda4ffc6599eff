import type { RunEvent, RunResult } from "@hawser/core/plugin";

/** Shows one operation while it goes on, and its last word. */
export interface Reporter {
  /** Any event but the last. */
  event(event: RunEvent): void;
  /** What the command line itself has to say, for example after Ctrl-C. */
  notice(text: string): void;
  /** The last word. Nothing is shown after it. */
  result(result: RunResult): void;
}
