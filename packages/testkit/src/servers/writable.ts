import { once } from "node:events";
import type { Writable } from "node:stream";

/** Waits until a stream takes more, or is gone. */
export const writable = async (stream: Writable): Promise<void> => {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, "drain", { signal }), once(stream, "close", { signal })]);
  } finally {
    settled.abort();
  }
};
