import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (proc(5), field 22 of stat); empty where there is no /proc. */
  readonly start: string;
}

/** The fields of stat(5) behind the name, which may hold spaces: first the state, later the start time. */
const statOf = (pid: number): readonly string[] | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
};

export const identify = (pid: number): ProcessIdentity | undefined => {
  const stat = statOf(pid);
  if (stat !== undefined) return { pid, start: stat[19] ?? "" };
  try {
    process.kill(pid, 0);
    return { pid, start: "" };
  } catch {
    return undefined;
  }
};

/** Whether it still runs: one that ended and that nobody waited for does not. */
export const isAlive = (identity: ProcessIdentity): boolean =>
  statOf(identity.pid)?.[0] !== "Z" && identify(identity.pid)?.start === identity.start;

/** Kills exactly that process, if it is still there. */
export const kill = (identity: ProcessIdentity, signal: NodeJS.Signals = "SIGKILL"): void => {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/**
 * Kills exactly those processes and waits until none of them runs: one that is killed amid a write still ends it.
 * @throws Error when one is still there after 10 seconds
 */
export const end = async (processes: readonly ProcessIdentity[]): Promise<void> => {
  for (const process of processes) kill(process);
  const limit = Date.now() + 10_000;
  for (const process of processes)
    while (isAlive(process)) {
      if (Date.now() > limit) throw new Error(`process ${process.pid} runs 10 s after it was killed`);
      await sleep(5);
    }
};
