import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const environment = join(homedir(), ".cache/hawser-tools/salt/bin");

/** Starts a program on some machine. */
export type Launch = (argv: readonly string[], options: SpawnOptions) => ChildProcess;

const onThisMachine: Launch = ([file = "", ...argv], options) => spawn(file, argv, options);

/** On this machine, with one folder shown at another's place to the program and what it starts. */
export const withOwnFolder =
  (folder: string, at: string): Launch =>
  (argv, options) =>
    onThisMachine(
      [
        ...["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh"],
        ...[folder, at, ...argv],
      ],
      options,
    );

/** One daemon of Salt with its helpers, all in a process group of its own. */
export class SaltDaemon implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #output: string;

  constructor(
    program: "salt-master" | "salt-minion" | "salt-api",
    folder: string,
    launch: Launch = onThisMachine,
  ) {
    this.#output = join(folder, `${program}.out`);
    const output = openSync(this.#output, "w");
    this.#process = launch([join(environment, "python"), join(environment, program), "-c", folder], {
      cwd: folder,
      // A minion hands its environment on to what it runs.
      env: { PATH: process.env.PATH, HOME: homedir(), LANG: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
      detached: true,
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    this.#process.on("error", () => undefined);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Why it is not running, while it should. */
  failure(): string | undefined {
    const { exitCode, signalCode, pid } = this.#process;
    if (pid !== undefined && exitCode === null && signalCode === null) return undefined;
    return `ended with ${signalCode ?? exitCode}: ${readFileSync(this.#output, "utf8").slice(-2000)}`;
  }

  /** Stands still without a word, as a machine does that hangs. */
  pause(): void {
    this.#signal("SIGSTOP");
  }

  resume(): void {
    this.#signal("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.failure() === undefined) {
      const ended = once(this.#process, "exit");
      this.#signal("SIGKILL");
      await ended;
    }
    // Helpers outlive a daemon that ended by itself.
    this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
