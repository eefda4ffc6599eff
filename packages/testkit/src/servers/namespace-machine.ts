import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bridge } from "./bridge.ts";
import { type CommandResult, mustRun, runCommand } from "./command.ts";
import type { MachineOptions } from "./fleet.ts";
import type { FleetFolder } from "./fleet-folder.ts";
import type { Machine } from "./machine.ts";
import { waitForPort } from "./port.ts";
import { end, identify, type ProcessIdentity } from "./process-identity.ts";
import { writeSshdConfig } from "./sshd-files.ts";

const initProgram = fileURLToPath(new URL("../../programs/namespace-init.sh", import.meta.url));

export interface NamespaceMachineSettings {
  readonly id: string;
  readonly number: number;
  readonly root: string;
  readonly hostKey: string;
  readonly fleet: FleetFolder;
  readonly bridge: Bridge;
  readonly options: MachineOptions;
}

/** The processes of a booted machine: `holder` ends everything in it when it dies. */
interface Booted {
  readonly holder: ProcessIdentity;
  /** The machine's process 1, as seen from outside: the kernel ends all others before it. */
  readonly init: ProcessIdentity;
}

/** A machine made of its own network, mount, process, name and IPC namespaces. */
export class NamespaceMachine implements Machine {
  readonly id: string;
  readonly address: string;
  readonly port: number = 22;
  readonly root: string;
  readonly hostKey: string;
  readonly #settings: NamespaceMachineSettings;
  readonly #link: string;
  readonly #disk: string;
  #booted: Booted | undefined;

  constructor(settings: NamespaceMachineSettings) {
    this.#settings = settings;
    this.id = settings.id;
    this.root = settings.root;
    this.hostKey = settings.hostKey;
    this.address = `${settings.bridge.network}.${settings.number + 10}`;
    this.#link = `${settings.bridge.name}v${settings.number}`;
    this.#disk = join(settings.fleet.path, `${settings.id}.disk`);
    mkdirSync(this.#disk, { recursive: true });
  }

  get folder(): string {
    const { sizeBytes, inodes } = this.#settings.options;
    // A file system of its own is seen only from inside.
    return sizeBytes === undefined && inodes === undefined
      ? this.#disk
      : `/proc/${this.#init}/root${this.root}`;
  }

  get #init(): number {
    if (this.#booted === undefined) throw new Error(`${this.id} is not running`);
    return this.#booted.init.pid;
  }

  async boot(): Promise<void> {
    if (this.#booted !== undefined) return;
    const { fleet } = this.#settings;
    const child = spawn(
      "setpriv",
      [
        ...["--pdeathsig", "KILL", "unshare", "--net", "--mount", "--uts", "--ipc", "--pid"],
        ...["--fork", "--kill-child", "--mount-proc", "sh", initProgram],
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: this.#initEnvironment() },
    );
    const holder = fleet.adopt(child.pid as number);
    await said(child, "ready\n");
    const init = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, "latin1").trim();
    this.#booted = { holder, init: identify(Number(init)) as ProcessIdentity };
    await this.#plugIn();
    await this.startSshd();
  }

  #initEnvironment(): NodeJS.ProcessEnv {
    const { id, fleet, options, root } = this.#settings;
    const bootId = join(fleet.path, `${id}.boot_id`);
    writeFileSync(bootId, `${randomUUID()}\n`);
    return {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      NAME: id,
      ROOT: root,
      DISK: this.#disk,
      BOOT_ID: bootId,
      SIZE: String(options.sizeBytes ?? ""),
      INODES: String(options.inodes ?? ""),
      READ_ONLY: options.readOnly === true ? "yes" : "",
      SHELL_NAME: options.shell ?? "dash",
      APPLETS: this.#applets,
      WITHOUT: (options.without ?? []).join(" "),
    };
  }

  get #applets(): string {
    return join(this.#settings.fleet.path, `${this.id}.applets`);
  }

  get #path(): string {
    const applets = this.#settings.options.shell === "busybox" ? `${this.#applets}:` : "";
    return `${applets}/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
  }

  async #plugIn(): Promise<void> {
    const { bridge } = this.#settings;
    const init = String(this.#init);
    // The same hardware address at each boot: neighbours that remember it find the machine at once.
    const mac = `02:00:${this.address.split(".").map(hexByte).join(":")}`;
    const peer = ["peer", "name", "eth0", "address", mac, "netns", init];
    await mustRun("ip", ["link", "add", this.#link, "type", "veth", ...peer]);
    await mustRun("ip", ["link", "set", this.#link, "master", bridge.name, "up"]);
    const setUp = `ip addr add ${this.address}/24 dev eth0 && ip link set lo up && ip link set eth0 up && ip route add default via ${bridge.network}.1`;
    await mustRun("nsenter", ["-t", init, "-n", "--", "sh", "-c", setUp]);
  }

  async startSshd(): Promise<void> {
    const { fleet, id, options } = this.#settings;
    const config = join(fleet.path, `${id}.sshd_config`);
    const { address, port } = this;
    writeSshdConfig(config, { folder: fleet.path, name: id, address, port, path: this.#path, options });
    const started = await this.exec(["/usr/sbin/sshd", "-f", config, "-E", join(fleet.path, `${id}.log`)]);
    if (started.exitCode !== 0) throw new Error(`sshd of ${id} did not start: ${started.stderr}`);
    await waitForPort(this.address, this.port);
  }

  async powerOff(): Promise<void> {
    const booted = this.#booted;
    this.#booted = undefined;
    if (booted === undefined) return;
    await end([booted.holder, booted.init]);
    // The kernel takes the interface away some time after the last process of the namespace.
    await runCommand("ip", ["link", "del", this.#link]);
  }

  async signalSshd(signal: "STOP" | "CONT" | "KILL"): Promise<void> {
    const script = `for p in /proc/[0-9]*; do if [ "$(cat "$p/comm" 2>/dev/null)" = sshd ]; then kill -${signal} "\${p#/proc/}"; fi; done; :`;
    await this.exec(["sh", "-c", script]);
  }

  async setLink(state: "up" | "down"): Promise<void> {
    await mustRun("ip", ["link", "set", this.#link, state]);
  }

  #enter(argv: readonly string[]): readonly string[] {
    const namespaces = ["-t", String(this.#init), "-m", "-u", "-i", "-n", "-p"];
    return [...namespaces, "--", "env", "-i", `PATH=${this.#path}`, "HOME=/root", "LANG=C.UTF-8", ...argv];
  }

  exec(argv: readonly string[]): Promise<CommandResult> {
    return runCommand("nsenter", this.#enter(argv));
  }

  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn("nsenter", this.#enter(argv), options);
  }
}

const hexByte = (decimal: string): string => Number(decimal).toString(16).padStart(2, "0");

/** Waits until a program has written a line to its standard output. */
const said = (child: ChildProcess, line: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = "";
    let errorOutput = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errorOutput += chunk.toString();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(line)) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the machine did not boot (${code}): ${errorOutput}`)));
  });
