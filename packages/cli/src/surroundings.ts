import type { Writable } from "node:stream";
import { TerminalStream } from "./output/terminal-stream.ts";

/** The process around a command: everything it reads or writes that is not the engine. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable & Partial<TerminalSize>;
  readonly stderr: Writable;
  /** Whether a person looks at standard output. */
  readonly terminal: boolean;
  /** Whether a person can answer: standard input and output are both terminals. */
  readonly canAsk: boolean;
  /** Whether a person is there to press Ctrl-C: standard input or output is a terminal. */
  readonly attended: boolean;
  /** How long a reader may take for the last lines. */
  readonly flushLimitMs: number;
}

interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Standard output that never makes the process wait: pipes are so already, a terminal only through a stream of ours. */
const patientOutput = (): Surroundings["stdout"] => {
  const { stdout } = process;
  const own =
    stdout.isTTY && process.platform === "linux" ? TerminalStream.open("/proc/self/fd/1") : undefined;
  if (own === undefined) return stdout;
  const size = { columns: { get: () => stdout.columns }, rows: { get: () => stdout.rows } };
  return Object.defineProperties(own, size) as TerminalStream & Partial<TerminalSize>;
};

export const surroundingsOfProcess = (): Surroundings => {
  const { stdout, stderr, stdin, env } = process;
  return {
    cwd: process.cwd(),
    env,
    stdout: patientOutput(),
    stderr,
    terminal: stdout.isTTY === true && env.TERM !== "dumb",
    canAsk: stdout.isTTY === true && stdin.isTTY === true,
    attended: stdout.isTTY === true || stdin.isTTY === true,
    flushLimitMs: 60_000,
  };
};
