import {
  type BroadcastAnswer,
  type BroadcastRequest,
  exchangeEnd,
  exchangeInput,
  HawserError,
  type OpenRequest,
  type OperationContext,
  packRequest,
  type Session,
  type Transport,
} from "@hawser/core/plugin";
import { type Gathered, runJob, type SaltApi } from "@hawser/salt";
import { bootArguments, writtenBy } from "./boot-command.ts";
import { errors } from "./errors.ts";
import { defaultSilenceMs, type SaltTransportOptions } from "./options.ts";
import { SaltSession } from "./salt-session.ts";

/**
 * Reaches the host program by jobs of a Salt master: every request is a job of its own, and nothing is held open. The
 * id of an instance is the id of its minion.
 */
export class SaltTransport implements Transport {
  /** Bytes do not go over the bus of Salt. */
  readonly acceptsBody = false;
  /** The master keeps every job, and its event bus shows them to whoever may look. */
  readonly recordsRequests = true;
  readonly #api: SaltApi;
  readonly #options: SaltTransportOptions;

  constructor(api: SaltApi, options: SaltTransportOptions) {
    this.#api = api;
    this.#options = options;
  }

  async open(request: OpenRequest, context: OperationContext): Promise<Session> {
    context.signal.throwIfAborted();
    const session = new SaltSession(this, request);
    await session.greet(context);
    return session;
  }

  /** One job for all, and a second one for those that did not hold the host program yet. */
  async *broadcast(request: BroadcastRequest, context: OperationContext): AsyncGenerator<BroadcastAnswer> {
    context.signal.throwIfAborted();
    const packed = await packRequest(request.request);
    const lacking: string[] = [];
    const ids = request.instances.map(({ id }) => id);
    yield* this.#publish(ids, exchangeInput(request, packed, false), false, lacking, context);
    if (lacking.length > 0)
      yield* this.#publish(lacking, exchangeInput(request, packed, true), true, [], context);
  }

  async *#publish(
    minions: readonly string[],
    input: Uint8Array,
    withProgram: boolean,
    lacking: string[],
    context: OperationContext,
  ): AsyncGenerator<BroadcastAnswer> {
    const { silenceMs = defaultSilenceMs } = this.#options;
    const call = { minions, fun: "cmd.run_all", kwarg: bootArguments(input, this.#options), silenceMs };
    try {
      for await (const gathered of runJob(this.#api, call, context)) {
        const answer = await answerOf(gathered, withProgram);
        if (answer === "lacking") lacking.push(gathered.minion);
        else yield answer;
      }
    } catch (error) {
      throw refused(error);
    }
  }
}

const refused = (error: unknown): unknown =>
  HawserError.is(error, "HWS_SALT_AUTH")
    ? errors.HWS_TRANSPORT_AUTH([error.message], { cause: error })
    : error;

const answerOf = async (gathered: Gathered, withProgram: boolean): Promise<BroadcastAnswer | "lacking"> => {
  const { minion: instance, kind } = gathered;
  if (kind === "silent")
    return { instance, error: errors.HWS_TRANSPORT_UNREACHABLE([instance, gathered.why]) };
  if (kind === "lost") return { instance, error: errors.HWS_TRANSPORT_LOST([instance, gathered.why]) };
  try {
    const end = await exchangeEnd(await writtenBy(instance, gathered.value), withProgram);
    if (end.kind === "lacking") return "lacking";
    return { instance, reply: end.reply, output: end.output };
  } catch (error) {
    if (!HawserError.is(error)) throw error;
    return { instance, error };
  }
};
