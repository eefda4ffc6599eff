import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { HawserError, type OperationContext, type PluginContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { watchStandstill } from "./standstill.ts";
import { readFailure } from "./svn-failure.ts";
import type { SvnRequest } from "./svn-request.ts";
import { hrefOf } from "./svn-url.ts";

/** Where programs are started and the cache is. */
export interface Programs extends Pick<PluginContext, "spawn" | "cacheDirectory"> {
  /** How long a command that talks to a server may stand still. */
  readonly silenceMs: number;
}

/**
 * Runs svn and gives its standard output. Its configuration is an empty folder of its own, so that neither settings
 * nor passwords nor certificates of the user are read, and none is kept.
 */
export const runSvn = async (
  programs: Programs,
  request: SvnRequest,
  context: OperationContext,
): Promise<string> => {
  context.signal.throwIfAborted();
  await mkdir(programs.cacheDirectory, { recursive: true, mode: 0o700 });
  const configuration = await mkdtemp(join(programs.cacheDirectory, "configuration-"));
  const password = request.server?.password;
  const argv = [
    request.command,
    "--non-interactive",
    "--no-auth-cache",
    "--config-dir",
    configuration,
    ...(request.server?.argv ?? []),
    ...(password === undefined ? [] : ["--password-from-stdin"]),
    ...request.argv,
  ];
  try {
    return await runProgram(programs, "svn", argv, request, context);
  } finally {
    await rm(configuration, { recursive: true, force: true });
  }
};

/** Runs svnversion, which tells more of a working copy than svn does. */
export const runSvnVersion = async (
  programs: Programs,
  directory: string,
  context: OperationContext,
): Promise<string> =>
  await runProgram(programs, "svnversion", ["--", "."], { command: "version", argv: [], directory }, context);

const runProgram = async (
  { spawn, silenceMs }: Programs,
  file: string,
  argv: readonly string[],
  request: SvnRequest,
  context: OperationContext,
): Promise<string> => {
  const { directory, server } = request;
  const leave = new AbortController();
  const stalled = () => server && leave.abort(errors.HWS_SVN_STALLED([hrefOf(server.url), silenceMs / 1000]));
  const unwatch = server === undefined ? () => {} : watchStandstill({ directory, silenceMs, stalled });
  const result = await spawn(file, argv, {
    env: { ...server?.env },
    ...(directory !== undefined && { cwd: directory }),
    ...(server?.password !== undefined && { input: server.password }),
    signal: AbortSignal.any([context.signal, leave.signal]),
    timeoutMs: 60 * 60_000,
    maxOutputBytes: 16 * 1024 * 1024,
  })
    .catch((error: unknown) => {
      throw HawserError.is(error, "HWS_PROCESS_NOT_FOUND")
        ? errors.HWS_SVN_PROGRAM([`${file} is not installed`], { cause: error })
        : error;
    })
    .finally(unwatch);
  context.signal.throwIfAborted();
  leave.signal.throwIfAborted();
  if (result.exitCode !== 0) throw readFailure(request, result);
  if (result.truncated) throw errors.HWS_SVN_OUTPUT([request.command, "it is too long"]);
  return result.stdout;
};

/** The oldest svn that takes a password from its standard input. */
const oldest = [1, 10] as const;

/** Refuses an svn that is missing or too old. */
export const checkSvnVersion = async (programs: Programs, context: OperationContext): Promise<void> => {
  const text = await runProgram(
    programs,
    "svn",
    ["--version", "--quiet"],
    { command: "--version", argv: [] },
    context,
  );
  const found = /^(\d+)\.(\d+)/.exec(text);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw errors.HWS_SVN_PROGRAM([`${text.trim().slice(0, 60)} is too old`]);
};
