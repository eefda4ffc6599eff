/**
 * Settles with the work, at the limit with the error that `late` makes, or with the signal's reason at once: whether
 * or not the work ever ends.
 */
export const inTime = async <T>(
  work: Promise<T>,
  limitMs: number,
  late: () => Error,
  signal: AbortSignal,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => {};
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
};
