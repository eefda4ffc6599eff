import {
  HawserError,
  type OperationContext,
  type PluginContext,
  type SpawnResult,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { GitEnvironment } from "./git-environment.ts";
import { readFailure } from "./git-failure.ts";
import type { GitRequest } from "./git-request.ts";

type Spawn = PluginContext["spawn"];

/** Runs git and gives its standard output. The only place of this package that starts a program. */
export const runGit = async (
  spawn: Spawn,
  request: GitRequest,
  context: OperationContext,
): Promise<string> => {
  context.signal.throwIfAborted();
  const result = await spawn("git", [request.command, ...request.argv], {
    env: {
      ...request.environment,
      ...(request.repository !== undefined && { GIT_DIR: request.repository }),
      ...(request.workTree !== undefined && { GIT_WORK_TREE: request.workTree }),
      ...(request.indexFile !== undefined && { GIT_INDEX_FILE: request.indexFile }),
    },
    ...(request.workTree !== undefined && { cwd: request.workTree }),
    ...(request.input !== undefined && { input: request.input }),
    signal: context.signal,
    timeoutMs: 60 * 60_000,
    maxOutputBytes: request.maxOutputBytes ?? 16 * 1024 * 1024,
    ...(request.argv.includes("--progress") && { onStderr: reportProgress(context) }),
  }).catch((error: unknown) => {
    throw missingProgram(error);
  });
  context.signal.throwIfAborted();
  return outputOf(request, result);
};

const outputOf = (request: GitRequest, result: SpawnResult): string => {
  if (result.exitCode !== 0) throw readFailure(request, result);
  if (result.truncated) throw errors.HWS_GIT_OUTPUT([request.command]);
  return result.stdout;
};

const missingProgram = (error: unknown): unknown =>
  HawserError.is(error, "HWS_PROCESS_NOT_FOUND")
    ? errors.HWS_GIT_PROGRAM(["it is not installed"], { cause: error })
    : error;

const unitBytes: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** git says `Receiving objects:  45% (9/20), 1.20 MiB | 2.40 MiB/s`: the amount is what came over the wire. */
const reportProgress = (context: OperationContext): ((chunk: Uint8Array) => void) => {
  let rest = "";
  return (chunk) => {
    const lines = (rest + Buffer.from(chunk).toString("latin1")).split(/[\r\n]/);
    rest = (lines.pop() ?? "").slice(-500);
    for (const line of lines) {
      const found = /^Receiving objects: .*?\), ([\d.]+) (bytes|KiB|MiB|GiB)/.exec(line);
      if (found !== null)
        context.progress({ bytes: Math.round(Number(found[1]) * (unitBytes[found[2] ?? ""] ?? 1)) });
    }
  };
};

/** The oldest git whose options and messages this package relies on. */
const oldest = [2, 36] as const;

/** Refuses a git that is missing or too old. */
export const checkGitVersion = async (
  spawn: Spawn,
  environment: GitEnvironment,
  context: OperationContext,
): Promise<void> => {
  const text = await runGit(spawn, { command: "version", argv: [], environment }, context);
  const found = /(\d+)\.(\d+)/.exec(text);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw errors.HWS_GIT_PROGRAM([`${text.trim().slice(0, 60)} is too old`]);
};

/** True for a failure that says nothing about the server: the repository cache may be what is broken. */
export const isLocalFailure = (error: unknown): boolean => HawserError.is(error, "HWS_GIT_FAILED");
