import {
  HawserError,
  type OperationContext,
  type PluginContext,
  type SpawnOptions,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { defaultMaxBytes, type RsyncSourceOptions } from "./options.ts";
import { patternArguments } from "./pattern.ts";
import { readFailure } from "./rsync-failure.ts";
import { RsyncOutput } from "./rsync-output.ts";
import type { RsyncPlace } from "./rsync-url.ts";
import { accessOf, checkAccess } from "./server-access.ts";
import { watchTransfer } from "./transfer-watch.ts";

/** How long a server may be silent: while it reads one large file for its checksum, it is. */
const defaultSilenceSeconds = 300;

/** Names as plain ASCII with `\#ooo` for every other byte, and times without a zone. */
const fixed = { LC_ALL: "C", TZ: "UTC0" };

/** The server of one URL. The only place of this package that starts a program. */
export class RsyncServer {
  readonly place: RsyncPlace;
  /** How large the tree or archive may be. */
  readonly maxBytes: number;
  /** Where mirrors are kept. */
  readonly cacheDirectory: string;
  readonly #options: RsyncSourceOptions;
  readonly #patterns: readonly string[];
  readonly #silenceSeconds: number;
  readonly #spawn: PluginContext["spawn"];

  constructor(
    options: RsyncSourceOptions,
    place: RsyncPlace,
    plugin: PluginContext,
    silenceSeconds: number = defaultSilenceSeconds,
  ) {
    checkAccess(options, place);
    this.place = place;
    this.maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.cacheDirectory = plugin.cacheDirectory;
    this.#options = options;
    this.#patterns = patternArguments(options);
    this.#silenceSeconds = silenceSeconds;
    this.#spawn = (file, argv, more) => plugin.spawn(file, argv, more);
  }

  /** What `rsync --version` says. */
  async version(context: OperationContext): Promise<string> {
    const { stdout } = await this.#start(["--version"], {}, context);
    return stdout;
  }

  /** Lists what is at the URL, in rsync's own form, a line for each path. */
  async list(argv: readonly string[], context: OperationContext): Promise<string> {
    const { access, words } = await this.#words(["--list-only", ...argv]);
    const options = { env: access.environment, maxOutputBytes: 512 * 2 ** 20 };
    const { stdout, stderr, truncated, ...end } = await this.#start(words, options, context);
    if (end.exitCode !== 0) throw readFailure(this.place, { ...end, text: stderr });
    if (truncated) throw errors.HWS_RSYNC_LISTING([this.place.shown, "it is too long"]);
    return stdout;
  }

  /**
   * Brings a directory to what is at the URL, and gives the number of paths that were not so before. A server that sends
   * more than `maxBytes`, whatever it had listed, or nothing any more, is left.
   */
  async transfer(
    argv: readonly string[],
    { content, drafts }: { readonly content: string; readonly drafts: string },
    context: OperationContext,
  ): Promise<number> {
    const leave = new AbortController();
    const output = new RsyncOutput();
    const { shown } = this.place;
    const refuseMore = (bytes: number): void => {
      if (bytes > this.maxBytes) leave.abort(errors.HWS_RSYNC_TOO_LARGE([shown, this.maxBytes]));
    };
    // Twice -i: a line for every path, also for those that are as they were. They are its signs of life.
    const told = ["--stderr=all", "-i", "-i", "--out-format=%i %l", `--max-size=${this.maxBytes}`];
    const { access, words } = await this.#words([...told, `--temp-dir=${drafts}`, ...argv]);
    const unwatch = watchTransfer({
      drafts,
      silenceMs: this.#silenceSeconds * 1000,
      progress: () => output.paths,
      grown: refuseMore,
      stalled: () => leave.abort(errors.HWS_RSYNC_STALLED([shown])),
    });
    const onStderr = (chunk: Uint8Array): void => {
      output.push(chunk);
      context.progress({ bytes: output.bytes });
      refuseMore(output.bytes);
    };
    const signal = AbortSignal.any([context.signal, leave.signal]);
    const options = { env: access.environment, signal, onStderr };
    const end = await this.#start([...words, `${content}/`], options, context).finally(unwatch);
    leave.signal.throwIfAborted();
    if (end.exitCode !== 0) throw readFailure(this.place, { ...end, text: output.messages });
    return output.changes;
  }

  /** Everything up to the source's argument, which `--` keeps from being an option. */
  async #words(argv: readonly string[]) {
    const access = await accessOf(this.#options, this.place);
    const common = ["--no-motd", "--no-human-readable", `--timeout=${this.#silenceSeconds}`];
    const words = [...argv, ...common, ...this.#patterns, ...access.argv, "--", this.place.argument];
    return { access, words };
  }

  async #start(argv: readonly string[], options: SpawnOptions, context: OperationContext) {
    context.signal.throwIfAborted();
    const result = await this.#spawn("rsync", argv, {
      signal: context.signal,
      timeoutMs: 60 * 60_000,
      ...options,
      env: { ...fixed, ...options.env },
    }).catch((error: unknown) => {
      throw missingProgram(error);
    });
    context.signal.throwIfAborted();
    return result;
  }
}

const missingProgram = (error: unknown): unknown =>
  HawserError.is(error, "HWS_PROCESS_NOT_FOUND")
    ? errors.HWS_RSYNC_PROGRAM(["it is not installed"], { cause: error })
    : error;
