import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HawserError, type OperationContext, type Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { ObjectOptions } from "./options.ts";

export interface Call {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** A key, or a query; it has passed its grammar. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: readonly [Readable, Transform];
  /** Statuses that the caller understands; any other one is an error. */
  readonly expects: readonly number[];
}

/** How long the server may be silent within a call. */
const silenceMs = 60_000;

const isFailure = (error: unknown): error is NodeJS.ErrnoException =>
  !HawserError.is(error) && typeof (error as NodeJS.ErrnoException).code === "string";

/** The protocol: one call, one answer. The engine tries again what may be tried again. */
export class ObjectServer {
  readonly url: string;
  readonly #token: Secret | undefined;
  readonly #agent: Agent;

  constructor({ url, token }: ObjectOptions) {
    this.url = url.replace(/\/*$/, "");
    this.#token = token;
    const kept = { keepAlive: true, maxSockets: 32 };
    this.#agent = url.startsWith("https:") ? new SecureAgent(kept) : new Agent(kept);
  }

  /** The answer's head; its body is to be read or destroyed. */
  async call({ path, expects, ...call }: Call, { signal }: OperationContext): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const url = `${this.url}/${path}`;
    try {
      const answer = await this.#exchange(url, call, signal);
      const status = answer.statusCode ?? 0;
      if (expects.includes(status)) return answer;
      answer.destroy();
      throw errors.HWS_OBJECTS_STATUS([url, status], { retryable: status >= 500 });
    } catch (error) {
      signal.throwIfAborted();
      // What the body itself failed with is the caller's own.
      if (call.body?.[0].errored === error || !isFailure(error)) throw error;
      throw errors.HWS_OBJECTS_UNREACHABLE([url, error.message], { cause: error });
    }
  }

  async #exchange(
    url: string,
    { method, headers, body }: Omit<Call, "path" | "expects">,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const token = this.#token && { authorization: `Bearer ${this.#token.reveal()}` };
    const options = { method, headers: { ...headers, ...token }, agent: this.#agent, signal };
    const start = url.startsWith("https:") ? secureRequest : request;
    const outgoing: ClientRequest = start(url, options);
    outgoing.setTimeout(silenceMs, () =>
      outgoing.destroy(errors.HWS_OBJECTS_UNREACHABLE([url, `it was silent for ${silenceMs / 1000} s`])),
    );
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
    });
    const sent = body === undefined ? outgoing.end() : pipeline(...body, outgoing);
    return (await Promise.all([answered, sent]))[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }
}
