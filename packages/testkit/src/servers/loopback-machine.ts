import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, runCommand } from "./command.ts";
import type { FleetFolder } from "./fleet-folder.ts";
import type { Machine } from "./machine.ts";
import { waitForPort } from "./port.ts";
import { end, identify, kill, type ProcessIdentity } from "./process-identity.ts";
import { writeSshdConfig } from "./sshd-files.ts";

export interface LoopbackMachineSettings {
  readonly id: string;
  readonly port: number;
  readonly root: string;
  readonly hostKey: string;
  readonly fleet: FleetFolder;
  readonly sshd?: readonly string[];
}

const sessionsOf = (pid: number): readonly ProcessIdentity[] => {
  const parents = readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return { pid: Number(name), parent: Number(fields[1]), sshd: stat.includes("(sshd)") };
      } catch {
        return { pid: 0, parent: -1, sshd: false };
      }
    });
  const below = (of: number): readonly number[] =>
    parents
      .filter((each) => each.parent === of && each.sshd)
      .flatMap((each) => [each.pid, ...below(each.pid)]);
  // One that ended meanwhile has no identity.
  return below(pid)
    .map(identify)
    .filter((each) => each !== undefined);
};

/** An sshd of this machine on 127.0.0.1, for those who may not make namespaces. */
export class LoopbackMachine implements Machine {
  readonly id: string;
  readonly address: string = "127.0.0.1";
  readonly port: number;
  readonly root: string;
  readonly folder: string;
  readonly hostKey: string;
  readonly #settings: LoopbackMachineSettings;
  #sshd: ProcessIdentity | undefined;

  constructor(settings: LoopbackMachineSettings) {
    this.#settings = settings;
    this.id = settings.id;
    this.port = settings.port;
    this.root = settings.root;
    this.folder = settings.root;
    this.hostKey = settings.hostKey;
    mkdirSync(settings.root, { recursive: true });
  }

  boot(): Promise<void> {
    return this.startSshd();
  }

  async powerOff(): Promise<void> {
    if (this.#sshd === undefined) return;
    // sshd listens before it writes its file of the pid: right after the boot it is still at it.
    await end([this.#sshd, ...sessionsOf(this.#sshd.pid)]);
  }

  async startSshd(): Promise<void> {
    const { fleet, id, sshd } = this.#settings;
    const config = join(fleet.path, `${id}.sshd_config`);
    writeSshdConfig(config, {
      folder: fleet.path,
      name: id,
      address: this.address,
      port: this.port,
      path: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      options: sshd === undefined ? {} : { sshd },
    });
    const child = spawn("/usr/sbin/sshd", ["-D", "-f", config, "-E", join(fleet.path, `${id}.log`)], {
      stdio: "ignore",
      detached: true,
    });
    this.#sshd = fleet.adopt(child.pid as number);
    child.unref();
    await waitForPort(this.address, this.port);
  }

  async signalSshd(signal: "STOP" | "CONT" | "KILL"): Promise<void> {
    if (this.#sshd === undefined) return;
    const sessions = sessionsOf(this.#sshd.pid);
    for (const each of [this.#sshd, ...sessions]) kill(each, `SIG${signal}`);
  }

  setLink(): Promise<void> {
    return Promise.reject(new Error("an instance without a network namespace has no link of its own"));
  }

  exec(argv: readonly string[]): Promise<CommandResult> {
    return runCommand(argv[0] ?? "", argv.slice(1));
  }

  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn(argv[0] ?? "", argv.slice(1), options);
  }
}
