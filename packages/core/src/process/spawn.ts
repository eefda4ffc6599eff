import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpawnOptions, SpawnResult } from "../contracts/common.ts";
import { processErrors } from "../errors/process-codes.ts";
import { commandEnvironment, fixedEnvironment } from "./environment.ts";
import { type GroupResult, runGroup } from "./group.ts";
import { Head, Tail } from "./output.ts";

const defaultTimeoutMs = 10 * 60_000;
const defaultOutputBytes = 1024 * 1024;
const tailBytes = 8 * 1024;

const withEmptyHome = async <T>(run: (home: string) => Promise<T>): Promise<T> => {
  const home = await mkdtemp(join(tmpdir(), "hawser-home-"));
  try {
    return await run(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

/**
 * Runs a program with an argv array, never through a shell. Any exit code is a result; a program that is missing,
 * one that passed its limit (`HWS_PROCESS_TIMEOUT`) and an aborted signal (its reason) reject.
 */
export const spawnProgram = (
  file: string,
  argv: readonly string[],
  options: SpawnOptions = {},
): Promise<SpawnResult> =>
  withEmptyHome(async (home) => {
    const limit = options.maxOutputBytes ?? defaultOutputBytes;
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const heads = { stdout: new Head(limit), stderr: new Head(limit) };
    const { exitCode, signal, timedOut } = await runGroup({
      file,
      argv,
      cwd: options.cwd,
      env: fixedEnvironment(home, options.env),
      input: options.input,
      timeoutMs,
      signal: options.signal,
      onOutput: (stream, chunk) => {
        heads[stream].push(chunk);
        if (stream === "stderr") options.onStderr?.(chunk);
      },
    });
    const stdout = heads.stdout.text();
    const stderr = heads.stderr.text();
    if (timedOut) {
      throw processErrors.HWS_PROCESS_TIMEOUT([file, timeoutMs], { output: stderr.slice(-tailBytes) });
    }
    return { exitCode, signal, stdout, stderr, truncated: heads.stdout.truncated || heads.stderr.truncated };
  });

export interface ShellCommand {
  /** The user's own text: nothing is ever put into it. */
  readonly command: string;
  readonly cwd: string;
  readonly env?: NonNullable<SpawnOptions["env"]>;
  readonly timeoutMs: number;
  /** Default: an empty folder that is removed afterwards. */
  readonly home?: string;
  /** Both outputs as they come. */
  onOutput?(chunk: Uint8Array): void;
  readonly signal?: AbortSignal;
}

export interface ShellResult extends GroupResult {
  /** The last 8 KiB of both outputs. */
  readonly output: string;
}

/**
 * Runs a user's own command by one `sh -c` on the deployer. Of the deployer's environment it sees PATH, proxies,
 * certificates, TZ, TMPDIR and CI: no agent socket, no credentials. Any end but an aborted signal is a result.
 */
export const runShellCommand = (request: ShellCommand): Promise<ShellResult> => {
  const run = async (home: string): Promise<ShellResult> => {
    const tail = new Tail(tailBytes);
    const result = await runGroup({
      file: "/bin/sh",
      argv: ["-c", request.command],
      cwd: request.cwd,
      env: commandEnvironment(home, request.env),
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      onOutput: (_stream, chunk) => {
        tail.push(chunk);
        request.onOutput?.(chunk);
      },
    });
    return { ...result, output: tail.text() };
  };
  return request.home === undefined ? withEmptyHome(run) : run(request.home);
};
