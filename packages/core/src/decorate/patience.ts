import type { HawserError } from "../errors/hawser-error.ts";
import { carriesStream } from "./retry.ts";
import { type Call, hasStream, isAsyncIterable, isPromise, wrapSeam } from "./seam.ts";
import { limitedStream } from "./stream-limit.ts";
import { within, withTimeLimit } from "./time-limit.ts";

/** How long one waits for the answers of a seam, and what is said meanwhile. */
export interface Patience {
  /** By method, in milliseconds. A method that is not named waits as long as it does. */
  readonly limits: Readonly<Record<string, number>>;
  /** The error of a call that was not answered within its limit. */
  late(call: Pick<Call, "method" | "args">, limitMs: number): HawserError;
  /** Told once a silence, when it is worth a word: since when, and when it is given up, milliseconds since 1970. */
  onSilence(since: number, until: number): void;
  /** Told of every answer: a silence ends. */
  onAnswer?(): void;
}

/** A silence is worth a word after this, or after a quarter of its limit. */
const noticeMs = 5_000;

/** Says once that answers fail to come, however many calls wait. */
class Silence {
  readonly #patience: Patience;
  #told = false;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  async hear<T>(answer: Promise<T>, limitMs: number): Promise<T> {
    const since = Date.now();
    const notice = setTimeout(() => this.#tell(since, since + limitMs), Math.min(noticeMs, limitMs / 4));
    try {
      const heard = await answer;
      this.#told = false;
      this.#patience.onAnswer?.();
      return heard;
    } finally {
      clearTimeout(notice);
    }
  }

  #tell(since: number, until: number): void {
    if (this.#told) return;
    this.#told = true;
    this.#patience.onSilence(since, until);
  }
}

/**
 * Gives every wait for an answer a limit and says when one is long: of a call, of each item of a listing, of each piece
 * of a stream that a call has given. A call that was given a stream takes as long as its bytes do.
 */
export const withPatience = <S extends object>(seam: S, patience: Patience): S => {
  const silence = new Silence(patience);
  const limited = withTimeLimit(seam, patience.limits, patience.late);
  return wrapSeam(seam, (call) => {
    const limitMs = patience.limits[call.method];
    if (limitMs === undefined || carriesStream(call.args)) return call.run();
    const result = call.on(limited);
    if (isPromise(result))
      return silence.hear(result, limitMs).then((answer) => watched(answer, call, limitMs));
    return isAsyncIterable(result) ? listing(result, limitMs) : result;
  });

  function watched(answer: unknown, call: Call, limitMs: number): unknown {
    if (!hasStream(answer)) return answer;
    const piece = (next: Promise<IteratorResult<unknown>>) =>
      silence.hear(
        within(next, limitMs, () => patience.late(call, limitMs)),
        limitMs,
      );
    return { ...answer, stream: limitedStream(answer.stream, piece) };
  }

  async function* listing(items: AsyncIterable<unknown>, limitMs: number) {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await silence.hear(iterator.next(), limitMs);
        if (step.done === true) return;
        yield step.value;
      }
    } finally {
      iterator.return?.()?.catch(() => {});
    }
  }
};
