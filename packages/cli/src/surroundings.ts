import type { Writable } from "node:stream";

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

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export const surroundingsOfProcess = (): Surroundings => {
  const { stdout, stderr, stdin, env } = process;
  return {
    cwd: process.cwd(),
    env,
    stdout,
    stderr,
    terminal: stdout.isTTY === true && env.TERM !== "dumb",
    canAsk: stdout.isTTY === true && stdin.isTTY === true,
    attended: stdout.isTTY === true || stdin.isTTY === true,
    flushLimitMs: 60_000,
  };
};
