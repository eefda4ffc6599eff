/**
 * Waits for work that may never end by itself: the library's own promises stay open when a connection is closed in the
 * middle of a TLS handshake or of a data connection's beginning.
 */
export const untilAborted = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  let abort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
    // Nobody waits for it any more.
    work.catch(() => {});
  }
};
