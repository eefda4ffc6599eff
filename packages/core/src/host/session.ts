import type { Readable, Writable } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { CallContext, HostReply, HostRequest, OpenRequest, Session } from "../contracts/transport.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { hostErrors } from "../errors/host-codes.ts";
import { requestBody, requestHead } from "./frame.ts";
import { EndOfAnswers, readReply } from "./reply.ts";
import { ReplyReader } from "./reply-reader.ts";

/** What a transport makes of a program that it started on an instance: `hostBoot` is that program. */
export interface Channel {
  /** Standard output. */
  readonly readable: Readable;
  /** Standard input. */
  readonly writable: Writable;
  /** Resolves with why it ended. */
  readonly closed: Promise<string>;
  close(): void;
}

export interface SessionLimits {
  /** How long an instance may write nothing while a call is under way. Default 30 s; it gives a sign every 5 s. */
  readonly silenceMs?: number;
}

const noiseBytes = 64 * 1024;
const defaultSilenceMs = 30_000;
const farewellMs = 2_000;

/**
 * Starts the host program over a channel: sends it when the instance does not hold it.
 * - What a login shell prints before the program's first line is ignored, up to 64 KiB.
 * - A channel that ends or stays silent is `HWS_TRANSPORT_LOST`.
 */
export const openSession = async (
  channel: Channel,
  request: OpenRequest,
  context: OperationContext,
  limits: SessionLimits = {},
): Promise<Session> => {
  const session = new HostSession(channel, limits.silenceMs ?? defaultSilenceMs);
  await session.start(request, context);
  return session;
};

class HostSession implements Session {
  readonly #channel: Channel;
  readonly #reader: ReplyReader;
  readonly #silenceMs: number;
  /** Rejects when the session is over; every wait races with it. */
  readonly #over: Promise<never>;
  #end: (error: unknown) => void = () => {};
  #ended: unknown;
  #silence: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(channel: Channel, silenceMs: number) {
    this.#channel = channel;
    this.#silenceMs = silenceMs;
    this.#over = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.#over.catch(() => {});
    this.#reader = new ReplyReader(channel.readable, () => this.#silence?.refresh());
    channel.writable.on("error", () => {});
    channel.readable.on("error", () => {});
    // What arrived before the end is still read: the reader notices the end of the stream by itself.
    channel.closed.then(
      (why) => setTimeout(() => this.#break(hostErrors.HWS_TRANSPORT_LOST([why])), 1_000).unref(),
      (error) => this.#break(hostErrors.HWS_TRANSPORT_LOST([String(error)], { cause: error })),
    );
  }

  async start(request: OpenRequest, context: OperationContext): Promise<void> {
    const { program, root, keep } = request;
    await this.#guarded(context.signal, async () => {
      const mode = keep ? "keep" : "once";
      await this.#write(Buffer.from(`hawser 1 ${program.digest} ${program.text.length} ${mode} ${root}\n`));
      const answer = await this.#greeting();
      if (answer === "need") await this.#write(program.text);
      else if (answer !== "have") throw hostErrors.HWS_HOST_BOOT([answer.replace(/^error /, "")]);
    });
  }

  call(request: HostRequest, context: CallContext): Promise<HostReply> {
    const turn = this.#queue.then(() => this.#exchange(request, context));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended === undefined) {
      this.#channel.writable.end();
      this.#channel.readable.resume();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, farewellMs);
      });
      await Promise.race([this.#channel.closed, patience]).catch(() => {});
      clearTimeout(timer);
    }
    this.#break(hostErrors.HWS_TRANSPORT_LOST(["it was closed"]));
  }

  async #exchange(request: HostRequest, context: CallContext): Promise<HostReply> {
    if (this.#ended !== undefined) throw this.#ended;
    const head = Buffer.from(requestHead(request));
    return await this.#guarded(context.signal, async () => {
      const [reply] = await Promise.all([readReply(this.#reader, context), this.#send(head, request)]);
      return reply;
    });
  }

  async #send(head: Uint8Array, request: HostRequest): Promise<void> {
    await this.#write(head);
    for await (const chunk of requestBody(request)) await this.#write(chunk);
  }

  /** Runs one exchange; a failure of any kind leaves the session out of step, so it ends. */
  async #guarded<T>(signal: AbortSignal, exchange: () => Promise<T>): Promise<T> {
    const abort = () => this.#break(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#silence = setTimeout(() => this.#break(this.#silent()), this.#silenceMs);
    try {
      return await Promise.race([exchange(), this.#over]);
    } catch (error) {
      this.#break(error instanceof EndOfAnswers ? await this.#loss() : error);
      throw this.#ended;
    } finally {
      clearTimeout(this.#silence);
      this.#silence = undefined;
      signal.removeEventListener("abort", abort);
    }
  }

  #silent(): HawserError {
    return hostErrors.HWS_TRANSPORT_LOST([`it was silent for ${this.#silenceMs / 1000} s`]);
  }

  async #loss(): Promise<HawserError> {
    const later = new Promise<string>((resolve) => setTimeout(resolve, 1_000, "the stream ended").unref());
    return hostErrors.HWS_TRANSPORT_LOST([await Promise.race([this.#channel.closed, later])]);
  }

  #break(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = error ?? hostErrors.HWS_TRANSPORT_LOST(["it was aborted"]);
    this.#end(this.#ended);
    this.#channel.close();
  }

  async #greeting(): Promise<string> {
    let left = noiseBytes;
    while (left > 0) {
      const line = await this.#reader.line(left).catch((error: unknown) => {
        throw hostErrors.HWS_HOST_BOOT(["its login shell prints too much"], { cause: error });
      });
      if (line === undefined) throw new EndOfAnswers();
      if (line.startsWith("hawser ")) return line.slice("hawser ".length);
      left -= line.length + 1;
    }
    throw hostErrors.HWS_HOST_BOOT(["its login shell prints too much"]);
  }

  async #write(chunk: Uint8Array): Promise<void> {
    const { writable } = this.#channel;
    // A peer that has gone shows at the reading end, which knows why.
    if (writable.destroyed || writable.writableEnded) return;
    if (writable.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        writable.off("drain", done);
        writable.off("close", done);
        resolve();
      };
      writable.on("drain", done);
      writable.on("close", done);
    });
  }
}
