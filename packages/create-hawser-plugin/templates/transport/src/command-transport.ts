import {
  type Channel,
  HawserError,
  hostBoot,
  type Instance,
  type OpenRequest,
  type OperationContext,
  openSession,
  type Session,
  type Transport,
} from "@hawser/core/plugin";
import { startCommand } from "./command-channel.ts";
import { errors } from "./errors.ts";
import type { CommandOptions } from "./options.ts";

/** The names of Node's own environment that a program gets; nothing else of it. */
const inherited = ["PATH", "HOME"];

/** The framing of a session, its limits and the sending of Hawser's program are core's; here is the way to the instance. */
export class CommandTransport implements Transport {
  readonly #options: CommandOptions;

  constructor(options: CommandOptions) {
    this.#options = options;
  }

  async open(request: OpenRequest, context: OperationContext): Promise<Session> {
    context.signal.throwIfAborted();
    const channel = await this.#start(request.instance);
    try {
      return await openSession(channel, request, context);
    } catch (error) {
      // It ended before the instance said a word: docker knows no such container, kubectl no such pod.
      if (HawserError.is(error, "HWS_TRANSPORT_LOST"))
        throw errors.HWS_TRANSPORT_UNREACHABLE([request.instance.id, error.message], { cause: error });
      throw error;
    }
  }

  async #start({ id, address }: Instance): Promise<Channel> {
    const fill = (text: string): string => text.replaceAll("{id}", id).replaceAll("{address}", address);
    const [file = "", ...argv] = this.#options.command.map(fill);
    const env: Record<string, string> = {};
    for (const name of inherited) env[name] = process.env[name] ?? "";
    for (const [name, value] of Object.entries(this.#options.env ?? {})) env[name] = value.reveal();
    try {
      return await startCommand({ file, argv: [...argv, "sh", "-c", hostBoot], env });
    } catch (cause) {
      throw errors.HWS_TRANSPORT_UNREACHABLE([id, (cause as Error).message], { cause });
    }
  }
}
