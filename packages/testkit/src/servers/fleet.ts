import type { ChildProcess, SpawnOptions } from "node:child_process";
import type { Instance } from "@hawser/core/plugin";
import type { CommandResult } from "./command.ts";

/** What is special about one instance. All but `sshd` need namespaces. */
export interface MachineOptions {
  /** What `sh` is, also as login shell. With `busybox` its applets stand before all other tools. Default `dash`. */
  readonly shell?: "dash" | "busybox" | "bash";
  /** Tools that this instance does not have, by name (`tar`, `flock`, `curl`). */
  readonly without?: readonly string[];
  /** The deploy root is a file system of this size. Its content is lost when the instance stops. */
  readonly sizeBytes?: number;
  /** The deploy root is a file system of this many inodes. */
  readonly inodes?: number;
  /** The deploy root cannot be written. */
  readonly readOnly?: boolean;
  /** The clock that sessions see, as libfaketime understands it (`-400d`). */
  readonly faketime?: string;
  /** Lines of sshd_config that win over the fleet's own. */
  readonly sshd?: readonly string[];
}

export interface FleetOptions {
  readonly count: number;
  /** Deploy root on every instance. Its parent must exist. Default `/srv/app`; a temporary folder without namespaces. */
  readonly root?: string;
  /** Default: namespaces for root on Linux, else several sshd on 127.0.0.1. */
  readonly isolation?: "namespaces" | "loopback";
  readonly each?: (index: number) => MachineOptions;
}

export interface FleetInstance extends Instance {
  readonly port: number;
  readonly root: string;
  readonly roles: readonly string[];
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** The path of the deploy root as this process sees it, while the instance runs. */
  readonly folder: string;
}

/** Real instances, each with its own sshd; as root on Linux each with its own network, mounts, processes and boot id. */
export interface Fleet extends AsyncDisposable {
  readonly isolation: "namespaces" | "loopback";
  readonly instances: readonly FleetInstance[];
  readonly user: string;
  /** The path of a private key that every instance accepts. */
  readonly privateKey: string;
  /** The path of a known_hosts file with every instance's key. */
  readonly knownHosts: string;
  /** The address under which the instances reach this machine. */
  readonly gateway: string;
  /** A folder that lives as long as the fleet. */
  readonly folder: string;
  /** Runs a program inside an instance. */
  exec(id: string, argv: readonly string[]): Promise<CommandResult>;
  /** Starts a program inside an instance; it ends at the latest with the fleet. */
  spawn(id: string, argv: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Cuts the power: every process of the instance is killed, and nothing answers any more. */
  stopInstance(id: string): Promise<void>;
  /** Boots it again, with the same address, key and files. */
  startInstance(id: string): Promise<void>;
  /** Takes the instance's network away; connections stay open and silent. */
  partition(id: string): Promise<void>;
  heal(id: string): Promise<void>;
  /** Stops every sshd process of the instance where it stands: connections stay open and silent. */
  pauseSshd(id: string): Promise<void>;
  resumeSshd(id: string): Promise<void>;
  /** Kills every sshd process; other processes of the instance live on. `startSshd` starts a new one. */
  killSshd(id: string): Promise<void>;
  startSshd(id: string): Promise<void>;
}
