import type { Duplex } from "node:stream";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import type { Door } from "./door.ts";
import { errors } from "./errors.ts";

const answerLimitBytes = 8 * 1024 * 1024;
const answerLimitMs = 10_000;

/**
 * One HAProxy's runtime API (HAProxy management guide, section 9.3). It takes one line a connection, several
 * commands in it parted by `;`, and answers until end of file. It gives no status: a change answers an empty line, a
 * refusal one line of text.
 */
export class RuntimeSocket implements AsyncDisposable {
  /** How people know it: the option it came from. */
  readonly label: string;
  readonly #door: Door;

  constructor(label: string, door: Door) {
    this.label = label;
    this.#door = door;
  }

  /** The whole answer to one line. A cut, silent or endless answer is `HWS_LB_UNREACHABLE` or `HWS_LB_BAD_ANSWER`. */
  async ask(line: string, context: OperationContext): Promise<string> {
    // Not AbortSignal.timeout: combined with another signal it may be collected, and never fires, on Node 20.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), answerLimitMs);
    try {
      const signal = AbortSignal.any([context.signal, limit.signal]);
      const answer = await this.#exchange(line, { ...context, signal });
      // Even a change that is done answers an empty line: no byte at all is a connection that was cut.
      if (answer === "") throw new Error("the connection ended before an answer");
      return answer;
    } catch (error) {
      context.signal.throwIfAborted();
      // What SSH says of keys and users stands by itself; that the machine is not there is what we say, too.
      if (HawserError.is(error) && (!error.retryable || error.code.startsWith("HWS_LB_"))) throw error;
      const why = limit.signal.aborted ? `silent for ${answerLimitMs} ms` : (error as Error).message;
      throw errors.HWS_LB_UNREACHABLE([this.label, why], { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#door[Symbol.asyncDispose]?.();
  }

  async #exchange(line: string, context: OperationContext): Promise<string> {
    const stream = await this.#door.open(context);
    const stop = () => stream.destroy(new Error("stopped"));
    context.signal.addEventListener("abort", stop, { once: true });
    try {
      context.signal.throwIfAborted();
      stream.write(`${line}\n`);
      return await this.#whole(stream);
    } finally {
      context.signal.removeEventListener("abort", stop);
      stream.destroy();
    }
  }

  async #whole(stream: Duplex): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > answerLimitBytes) {
        throw errors.HWS_LB_BAD_ANSWER([this.label, `more than ${answerLimitBytes} bytes`]);
      }
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
  }
}
