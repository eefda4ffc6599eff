import type { SpawnOptions, SpawnResult } from "../contracts/common.ts";
import { processErrors } from "../errors/process-codes.ts";
import { fixedEnvironment } from "./environment.ts";
import { runGroup } from "./group.ts";
import { withEmptyHome } from "./home.ts";
import { Head } from "./output.ts";

const defaultTimeoutMs = 10 * 60_000;
const defaultOutputBytes = 1024 * 1024;
const tailBytes = 8 * 1024;

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
