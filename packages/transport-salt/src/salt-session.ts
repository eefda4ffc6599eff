import type {
  BroadcastAnswer,
  BroadcastRequest,
  CallContext,
  HostReply,
  HostRequest,
  OpenRequest,
  OperationContext,
  Session,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";

interface Broadcaster {
  broadcast(request: BroadcastRequest, context: OperationContext): AsyncIterable<BroadcastAnswer>;
}

/** Requests to one minion, one at a time. Nothing is held there between two of them. */
export class SaltSession implements Session {
  readonly #jobs: Broadcaster;
  readonly #at: OpenRequest;
  #queue: Promise<unknown> = Promise.resolve();
  #ended: unknown;

  constructor(jobs: Broadcaster, at: OpenRequest) {
    this.#jobs = jobs;
    this.#at = at;
  }

  /** The first word: whether the minion answers and can start the host program. What it says to the word is its own. */
  async greet(context: OperationContext): Promise<void> {
    await this.#ask({ verb: "facts", headers: {} }, context);
  }

  call(request: HostRequest, context: CallContext): Promise<HostReply> {
    const turn = this.#queue.then(() => this.#turn(request, context));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= errors.HWS_TRANSPORT_LOST([this.#at.instance.id, "the session was closed"]);
  }

  async #turn(request: HostRequest, context: CallContext): Promise<HostReply> {
    if (this.#ended !== undefined) throw this.#ended;
    try {
      const { reply, output } = await this.#ask(request, context);
      if (output !== undefined && output.length > 0) context.output?.(output);
      return reply;
    } catch (error) {
      // What became of the request is not known, so nothing may follow it.
      this.#ended ??= error;
      throw error;
    }
  }

  async #ask(
    request: HostRequest,
    context: OperationContext,
  ): Promise<{ readonly reply: HostReply; readonly output?: Uint8Array }> {
    const { instance, program, root, keep } = this.#at;
    const broadcast = { instances: [instance], program, root, keep, request };
    for await (const answer of this.#jobs.broadcast(broadcast, context)) {
      if ("error" in answer) throw answer.error;
      return answer;
    }
    throw errors.HWS_TRANSPORT_LOST([instance.id, "nothing came of it"]);
  }
}
