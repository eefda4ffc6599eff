import { createHash } from "node:crypto";
import type { OperationContext } from "../contracts/common.ts";
import type { Instance } from "../contracts/inventory.ts";
import type {
  BroadcastAnswer,
  CallContext,
  HostReply,
  HostRequest,
  OpenRequest,
  Session,
  Transport,
} from "../contracts/transport.ts";
import { hostErrors } from "../errors/host-codes.ts";
import { type PackedRequest, packRequest } from "../host/exchange.ts";
import { wrapSeam } from "./seam.ts";
import { Turn } from "./turn.ts";

/** One session's request, waiting for the turn to end. */
interface Asked {
  readonly instance: Instance;
  readonly context: CallContext;
  take(answer: BroadcastAnswer): void;
  fail(error: unknown): void;
}

/** Equal requests of one turn. */
interface Round {
  readonly at: Omit<OpenRequest, "instance">;
  readonly request: HostRequest;
  readonly asked: Asked[];
}

/**
 * A transport that broadcasts, so that whoever opens sessions gets its speed: equal requests which sessions make in the
 * same short turn go out as one broadcast, what differs as one of its own. Opening a session says nothing to anybody: the
 * first request finds out whether the instance answers. Any other transport is handed back as it is.
 */
export const gathered = (transport: Transport): Transport => {
  if (transport.broadcast === undefined) return transport;
  const gathering = new Gathering(transport);
  return wrapSeam(transport, (call) =>
    call.method === "open" ? gathering.open(...(call.args as [OpenRequest, OperationContext])) : call.run(),
  );
};

class Gathering {
  readonly #transport: Transport;
  readonly #rounds = new Map<string, Round>();
  readonly #turn: Turn = new Turn(() => this.#publish());
  #open = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async open(at: OpenRequest, context: OperationContext): Promise<Session> {
    context.signal.throwIfAborted();
    this.#open += 1;
    return new GatheredSession(
      at.instance.id,
      (request, callContext) => this.#ask(at, request, callContext),
      () => {
        this.#open -= 1;
      },
    );
  }

  async #ask(
    { instance, ...at }: OpenRequest,
    request: HostRequest,
    context: CallContext,
  ): Promise<HostReply> {
    const packed = await packRequest(request);
    context.signal.throwIfAborted();
    const key = keyOf(at, packed);
    let round = this.#rounds.get(key);
    if (round === undefined) {
      round = { at, request: { ...request, body: Buffer.concat(packed.body) }, asked: [] };
      this.#rounds.set(key, round);
    }
    const { asked } = round;
    const answer = new Promise<HostReply>((resolve, reject) => {
      const abort = () => reject(context.signal.reason);
      context.signal.addEventListener("abort", abort, { once: true });
      const end = () => context.signal.removeEventListener("abort", abort);
      asked.push({
        instance,
        context,
        take: (given) => {
          end();
          if ("error" in given) return reject(given.error);
          if (given.output !== undefined && given.output.length > 0 && !context.signal.aborted)
            context.output?.(given.output);
          resolve(given.reply);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      });
    });
    const waiting = [...this.#rounds.values()].reduce((sum, each) => sum + each.asked.length, 0);
    this.#turn.another(waiting >= this.#open);
    return await answer;
  }

  #publish(): void {
    const rounds = [...this.#rounds.values()];
    this.#rounds.clear();
    for (const round of rounds) void this.#send(round);
  }

  async #send({ at, request, asked }: Round): Promise<void> {
    const waiting = new Map(
      asked.filter(({ context }) => !context.signal.aborted).map((each) => [each.instance.id, each]),
    );
    const [first] = waiting.values();
    if (first === undefined) return;
    const given = { ...at, request, instances: [...waiting.values()].map(({ instance }) => instance) };
    const ending = new AbortController();
    const left = allAborted([...waiting.values()], ending);
    try {
      const context = { ...common(first.context), signal: ending.signal };
      for await (const answer of this.#transport.broadcast?.(given, context) ?? []) {
        waiting.get(answer.instance)?.take(answer);
        waiting.delete(answer.instance);
      }
      for (const each of waiting.values())
        each.fail(hostErrors.HWS_TRANSPORT_LOST(["nothing came of the broadcast"]));
    } catch (error) {
      for (const each of waiting.values()) each.fail(error);
    } finally {
      left();
    }
  }
}

/** Of the first who asked: what it logs and reports is of all. */
const common = ({ logger, progress }: OperationContext): Omit<OperationContext, "signal"> => ({
  logger,
  progress: (report) => progress(report),
});

/** Ends a broadcast when nobody waits for it any more. Gives what stops looking. */
const allAborted = (asked: readonly Asked[], ending: AbortController): (() => void) => {
  let left = asked.length;
  const stops = asked.map(({ context: { signal } }) => {
    const one = () => {
      left -= 1;
      if (left === 0) ending.abort(signal.reason);
    };
    signal.addEventListener("abort", one, { once: true });
    return () => signal.removeEventListener("abort", one);
  });
  return () => {
    for (const stop of stops) stop();
  };
};

/** Equal for requests that one broadcast may carry. */
const keyOf = ({ program, root, keep }: Omit<OpenRequest, "instance">, packed: PackedRequest): string => {
  const hash = createHash("sha256").update(`${program.digest} ${keep} ${root}\n`).update(packed.head);
  for (const chunk of packed.body) hash.update(chunk);
  return hash.digest("hex");
};

/** Requests of one instance, one at a time; nothing is held there. */
class GatheredSession implements Session {
  readonly #instance: string;
  readonly #ask: (request: HostRequest, context: CallContext) => Promise<HostReply>;
  #leave: (() => void) | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #ended: unknown;

  constructor(
    instance: string,
    ask: (request: HostRequest, context: CallContext) => Promise<HostReply>,
    leave: () => void,
  ) {
    this.#instance = instance;
    this.#ask = ask;
    this.#leave = leave;
  }

  call(request: HostRequest, context: CallContext): Promise<HostReply> {
    const turn = this.#queue.then(() => this.#next(request, context));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(hostErrors.HWS_TRANSPORT_LOST([`the session of ${this.#instance} was closed`]));
  }

  async #next(request: HostRequest, context: CallContext): Promise<HostReply> {
    if (this.#ended !== undefined) throw this.#ended;
    try {
      return await this.#ask(request, context);
    } catch (error) {
      // What became of the request is not known, so nothing may follow it.
      this.#end(error);
      throw error;
    }
  }

  #end(error: unknown): void {
    this.#ended ??= error;
    this.#leave?.();
    this.#leave = undefined;
  }
}
