import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RunEvent, RunResult } from "@hawser/core";
import { repository } from "./place.ts";

const program = join(repository, "packages/cli/bin/hawser.js");

/** How a command ended. */
export interface HawserEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** With `--json`, in the order in which they came. */
  readonly events: readonly RunEvent[];
  /** The last event; undefined when the process did not get that far. */
  readonly result: RunResult | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line at work as a process of its own. */
export interface HawserProcess {
  readonly pid: number;
  /** Those that came until now. */
  readonly events: readonly RunEvent[];
  readonly ended: Promise<HawserEnd>;
  /** Resolves at the first event that fits, also one that came before; rejects when the process ends without one. */
  event(fits: (event: RunEvent) => boolean): Promise<RunEvent>;
  /** Default SIGKILL. */
  kill(signal?: NodeJS.Signals): void;
}

export interface HawserSetup {
  /** The folder of the config file. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** A program and arguments that start it. */
  readonly through?: readonly string[];
}

/** The events of a process's output, and those who wait for one. */
class EventLog {
  readonly events: RunEvent[] = [];
  readonly #waiting = new Set<() => void>();
  closed = false;

  take(line: string): void {
    if (line.startsWith("{")) this.events.push(JSON.parse(line) as RunEvent);
    this.#wake();
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async first(fits: (event: RunEvent) => boolean, ending: () => string): Promise<RunEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      if (this.closed) throw new Error(`hawser ended without the event that was waited for: ${ending()}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }
}

const gather = (child: ChildProcess, log: EventLog, said: { stdout: string; stderr: string }) => {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    said.stdout += `${line}\n`;
    log.take(line);
  });
  child.stderr?.on("data", (chunk) => {
    said.stderr += String(chunk);
  });
  return Promise.all([once(lines, "close"), once(child, "close")]).then(([, [code, signal]]) => {
    log.close();
    const last = log.events.at(-1);
    return {
      exitCode: code as number | null,
      signal: signal as NodeJS.Signals | null,
      events: log.events,
      result: last?.type === "result" ? last : undefined,
      ...said,
    };
  });
};

export const startHawser = ({ cwd, env, argv, through = [] }: HawserSetup): HawserProcess => {
  const [file = process.execPath, ...rest] = [...through, process.execPath, program, ...argv];
  const child = spawn(file, rest, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const log = new EventLog();
  const said = { stdout: "", stderr: "" };
  const ended = gather(child, log, said);
  return {
    pid: child.pid as number,
    events: log.events,
    ended,
    event: (fits) => log.first(fits, () => `${said.stdout.slice(-2_000)}${said.stderr}`),
    kill: (signal = "SIGKILL") => void child.kill(signal),
  };
};

/** The end in one line that a failed test shows: exit code, outcome, and the code and words of the error. */
export const ending = ({ exitCode, signal, result, stderr }: HawserEnd): string => {
  const how = `${signal ?? exitCode} ${result?.outcome ?? "without a result"}`;
  const { error } = result ?? {};
  return error === undefined
    ? `${how}${stderr}`
    : `${how} ${error.code}: ${error.message} (${error.hint ?? ""})`;
};
