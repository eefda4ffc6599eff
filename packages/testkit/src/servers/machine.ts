import type { ChildProcess, SpawnOptions } from "node:child_process";
import type { CommandResult } from "./command.ts";

/** What a machine of a fleet can do, whatever it is made of. */
export interface Machine {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly root: string;
  readonly hostKey: string;
  readonly folder: string;
  boot(): Promise<void>;
  powerOff(): Promise<void>;
  startSshd(): Promise<void>;
  /** Sends a signal to every sshd process of this machine. */
  signalSshd(signal: "STOP" | "CONT" | "KILL"): Promise<void>;
  setLink(state: "up" | "down"): Promise<void>;
  exec(argv: readonly string[]): Promise<CommandResult>;
  spawn(argv: readonly string[], options?: SpawnOptions): ChildProcess;
}
