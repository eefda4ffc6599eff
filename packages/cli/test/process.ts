import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const launcher = (name: "hawser" | "real"): string =>
  fileURLToPath(new URL(`./fake/${name}.mjs`, import.meta.url));

/** A folder that is gone after the test. */
export const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), "hawser-cli-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};

export interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
  /** Resolves when standard output has shown the text; rejects when the process ends without it. */
  shown(text: string): Promise<void>;
}

export interface SpawnRequest {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Run it on a terminal of its own, of 100 columns. */
  readonly terminal?: boolean;
  /** With the engine package itself instead of a recording. */
  readonly real?: boolean;
}

const onTerminal = (argv: readonly string[]): [string, string[]] => {
  const words = [process.execPath, ...argv].map((word) => `'${word}'`).join(" ");
  return ["script", ["-qefc", `stty cols 100 rows 40; exec ${words}`, "/dev/null"]];
};

/** The command line in a process of its own, with a recorded engine behind it. */
export const hawser = (
  argv: readonly string[],
  { env = {}, cwd, terminal = false, real = false }: SpawnRequest = {},
): Spawned => {
  const words = [launcher(real ? "real" : "hawser"), ...argv];
  const [file, args] = terminal ? onTerminal(words) : [process.execPath, words];
  const { NO_COLOR: _ignored, FORCE_COLOR: _forced, ...inherited } = process.env;
  const child = spawn(file, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...inherited, TERM: "xterm", LC_ALL: "C.UTF-8", ...env },
    stdio: "pipe",
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdin?.on("error", () => {});
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }));
  const shown = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve();
      };
      look();
      child.stdout?.on("data", look);
      void ended.then(() => reject(new Error(`ended without showing "${text}":\n${stdout}${stderr}`)));
    });
  return { child, ended, shown };
};

/** The events that were written, one a line. */
export const eventsOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
