import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "./place.ts";
import type { Stage } from "./stage.ts";

const program = join(repository, "packages/cli/bin/hawser.js");

export interface Terminal {
  /** What stands on the screen, with the terminal's control sequences. */
  readonly screen: string;
  /** The exit code of the command. */
  readonly ended: Promise<number | null>;
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** Closes the window: the command gets SIGHUP and every later write fails. */
  close(): void;
}

const environment = (stage: Stage): Readonly<Record<string, string>> => ({
  ...stage.env,
  TERM: "xterm",
  SHELL: "/bin/sh",
});

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Runs the command line on a terminal of its own, made by script(1). */
export const onTerminal = (stage: Stage, ...argv: readonly string[]): Terminal => {
  const command = [process.execPath, program, ...argv].map(quoted).join(" ");
  const line = `stty cols 120 rows 40; exec ${command}`;
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    cwd: stage.folder,
    env: environment(stage),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const terminal = { screen: "" };
  child.stdout.on("data", (chunk) => {
    terminal.screen += String(chunk);
  });
  // A window that is closed takes what is still pressed with it.
  child.stdin.on("error", () => {});
  const ended = once(child, "close").then(([code]) => code as number | null);
  return Object.assign(terminal, {
    ended,
    interrupt: () => void child.stdin.write("\x03"),
    close: () => void child.kill("SIGKILL"),
  });
};

/** Runs the command line into pipes whose reader goes away after the first output. */
export const intoClosedPipe = (stage: Stage, ...argv: readonly string[]): Promise<number | null> => {
  const child: ChildProcess = spawn(process.execPath, [program, ...argv], {
    cwd: stage.folder,
    env: environment(stage),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout?.once("data", () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  return once(child, "exit").then(([code]) => code as number | null);
};
