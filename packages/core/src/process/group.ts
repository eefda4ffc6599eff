import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Secret } from "../contracts/secret.ts";
import { processErrors } from "../errors/process-codes.ts";

/** How long a group has between TERM and KILL. */
const graceMs = 5_000;
/** How long a program's pipes may stay open after it ended: what it left behind holds them. */
const lingerMs = 1_000;

export interface GroupRequest {
  readonly file: string;
  readonly argv: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | Secret | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  onOutput(stream: "stdout" | "stderr", chunk: Uint8Array): void;
}

export interface GroupResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
}

const kill = (child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended.
  }
};

const start = (request: GroupRequest): ChildProcess => {
  const texts = [request.file, ...request.argv, request.cwd ?? "", ...Object.values(request.env)];
  if (texts.some((text) => text.includes("\0"))) throw processErrors.HWS_PROCESS_ARGUMENT([request.file]);
  return spawn(request.file, [...request.argv], {
    cwd: request.cwd,
    env: { ...request.env },
    shell: false,
    // Its own process group, so that what it starts ends with it.
    detached: true,
    stdio: [request.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
};

const failedToStart = (request: GroupRequest, error: NodeJS.ErrnoException): Error => {
  if (error.code !== "ENOENT") {
    return processErrors.HWS_PROCESS_FAILED([request.file, error.code ?? error.message], { cause: error });
  }
  // A missing directory and a missing program give the same error.
  return request.cwd !== undefined && !existsSync(request.cwd)
    ? processErrors.HWS_PROCESS_DIRECTORY([request.cwd], { cause: error })
    : processErrors.HWS_PROCESS_NOT_FOUND([request.file], { cause: error });
};

const feed = (child: ChildProcess, input: GroupRequest["input"]): void => {
  if (child.stdin === null) return;
  // A program may end without reading its input; its exit code tells the rest.
  child.stdin.on("error", () => {});
  child.stdin.end(Secret.is(input) ? input.reveal() : input);
};

/**
 * Runs one program in its own process group and waits for its end. At the limit, or when the signal aborts, the
 * group gets TERM and 5 s later KILL; nothing of it is left when the promise settles. Rejects with the signal's reason.
 */
export const runGroup = async (request: GroupRequest): Promise<GroupResult> => {
  request.signal?.throwIfAborted();
  const child = start(request);
  const timers: NodeJS.Timeout[] = [];
  let timedOut = false;
  const end = () => {
    kill(child, "SIGTERM");
    timers.push(setTimeout(() => kill(child, "SIGKILL"), graceMs));
  };
  timers.push(
    setTimeout(() => {
      timedOut = true;
      end();
    }, request.timeoutMs),
  );
  request.signal?.addEventListener("abort", end, { once: true });
  child.stdout?.on("data", (chunk: Uint8Array) => request.onOutput("stdout", chunk));
  child.stderr?.on("data", (chunk: Uint8Array) => request.onOutput("stderr", chunk));
  feed(child, request.input);
  try {
    const result = await new Promise<GroupResult>((resolve, reject) => {
      child.once("error", (error) => reject(failedToStart(request, error)));
      child.once("exit", () => {
        timers.push(
          setTimeout(() => {
            kill(child, "SIGKILL");
            child.stdout?.destroy();
            child.stderr?.destroy();
          }, lingerMs),
        );
      });
      child.once("close", (exitCode, signal) => resolve({ exitCode, signal, timedOut }));
    });
    request.signal?.throwIfAborted();
    return result;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    request.signal?.removeEventListener("abort", end);
    kill(child, "SIGKILL");
  }
};
