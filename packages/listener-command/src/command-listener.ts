import {
  HawserError,
  type Listener,
  type ListenerContext,
  type PluginContext,
  type RunEvent,
  type SpawnResult,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { CommandListenerOptions } from "./options.ts";
import { variablesOf } from "./variables.ts";

const defaultTimeoutMs = 4_000;
const outputBytes = 16 * 1024;
/** What is said of the output of one that failed. */
const saidLength = 400;

interface Command {
  readonly file: string;
  readonly argv: readonly string[];
  /** How messages call it. */
  readonly name: string;
}

const commandOf = ({ argv, run }: CommandListenerOptions): Command => {
  if (argv !== undefined && run !== undefined) throw errors.HWS_LISTENER_OPTIONS([]);
  if (run !== undefined) return { file: "/bin/sh", argv: ["-c", run], name: "the command" };
  const [file = "", ...rest] = argv ?? [];
  return { file, argv: rest, name: file };
};

const lastWords = ({ stdout, stderr }: SpawnResult): string =>
  (stderr.trim() === "" ? stdout : stderr)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(-saidLength);

class CommandListener implements Listener {
  readonly #options: CommandListenerOptions;
  readonly #command: Command;
  readonly #context: PluginContext;

  constructor(options: CommandListenerOptions, context: PluginContext) {
    this.#options = options;
    this.#command = commandOf(options);
    this.#context = context;
  }

  async on(event: RunEvent, { moments, subject, signal }: ListenerContext): Promise<void> {
    const { file, argv, name } = this.#command;
    const { env, secrets, timeoutMs = defaultTimeoutMs } = this.#options;
    const about = { moments, subject };
    const ended = await this.#context
      .spawn(file, argv, {
        cwd: this.#context.baseDirectory,
        env: { ...env, ...secrets, ...variablesOf(event, about) },
        input: `${JSON.stringify({ ...about, event })}\n`,
        timeoutMs,
        maxOutputBytes: outputBytes,
        signal,
      })
      .catch((error: unknown) => {
        throw HawserError.is(error, "HWS_PROCESS_TIMEOUT")
          ? errors.HWS_LISTENER_LATE([name, timeoutMs])
          : error;
      });
    if (ended.exitCode === 0) return;
    const how = ended.signal === null ? `exit code ${ended.exitCode}` : `signal ${ended.signal}`;
    throw errors.HWS_LISTENER_EXIT([name, how, lastWords(ended)]);
  }
}

export const createListener = (options: CommandListenerOptions, context: PluginContext): Listener =>
  new CommandListener(options, context);
