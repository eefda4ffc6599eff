import type { Readable } from "node:stream";
import { inTime } from "./in-time.ts";
import { leastBytes } from "./limits.ts";

/** When a stream stands still, and what is said then. */
export interface StallRule {
  /** Less than 1 KiB in so much waiting. Only waiting counts, not what the reader does with a chunk. */
  readonly stallMs: number;
  readonly stalled: () => Error;
  readonly signal: AbortSignal;
}

/** The chunks of a stream, until it stands still or the signal aborts. The stream is destroyed at the end. */
export const unstalled = async function* (stream: Readable, rule: StallRule): AsyncGenerator<Buffer> {
  const { stallMs, stalled, signal } = rule;
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let waitedMs = 0;
  let bytes = 0;
  try {
    for (;;) {
      const began = performance.now();
      const limitMs = Math.max(1, stallMs - waitedMs);
      const next = await inTime(chunks.next(), limitMs, stalled, signal);
      if (next.done === true) return;
      waitedMs += performance.now() - began;
      bytes += next.value.length;
      if (bytes >= leastBytes) {
        waitedMs = 0;
        bytes = 0;
      }
      yield next.value;
    }
  } finally {
    // Nobody waits for its end: what hangs would hang here, too.
    stream.destroy();
  }
};
