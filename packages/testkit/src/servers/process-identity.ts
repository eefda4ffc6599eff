import { readFileSync } from "node:fs";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (proc(5), field 22 of stat); empty where there is no /proc. */
  readonly start: string;
}

export const identify = (pid: number): ProcessIdentity | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold spaces, so the fields are counted behind it.
    return { pid, start: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "" };
  } catch {
    try {
      process.kill(pid, 0);
      return { pid, start: "" };
    } catch {
      return undefined;
    }
  }
};

export const isAlive = (identity: ProcessIdentity): boolean =>
  identify(identity.pid)?.start === identity.start;

/** Kills exactly that process, if it is still there. */
export const kill = (identity: ProcessIdentity, signal: NodeJS.Signals = "SIGKILL"): void => {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};
