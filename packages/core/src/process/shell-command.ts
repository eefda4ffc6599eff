import type { SpawnOptions } from "../contracts/common.ts";
import { commandEnvironment } from "./environment.ts";
import { type GroupResult, runGroup } from "./group.ts";
import { withEmptyHome } from "./home.ts";
import { Tail } from "./output.ts";

const tailBytes = 8 * 1024;

export interface ShellCommand {
  /** The user's own text: nothing is ever put into it. */
  readonly command: string;
  readonly cwd: string;
  /** Added to what it sees. HOME is an empty folder that is removed afterwards, when none is given. */
  readonly env?: NonNullable<SpawnOptions["env"]>;
  readonly timeoutMs: number;
  /** Both outputs as they come. */
  onOutput?(text: string): void;
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
export const runShellCommand = (request: ShellCommand): Promise<ShellResult> =>
  withEmptyHome(async (home) => {
    const tail = new Tail(tailBytes);
    // A character may lie across two chunks of one stream.
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    const result = await runGroup({
      file: "/bin/sh",
      argv: ["-c", request.command],
      cwd: request.cwd,
      env: commandEnvironment(home, request.env),
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      onOutput: (stream, chunk) => {
        tail.push(chunk);
        const text = decoders[stream].decode(chunk, { stream: true });
        if (text !== "") request.onOutput?.(text);
      },
    });
    return { ...result, output: tail.text() };
  });
