/** How long somebody waits, and the error for having waited in vain. */
export interface Patience {
  readonly limitMs: number;
  late(): Error;
}

/** The outcome of the work, or the signal's reason, or the error of being late: whichever comes first. */
export const within = <T>(work: Promise<T>, signal: AbortSignal, patience?: Patience): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const timer = patience && setTimeout(() => reject(patience.late()), patience.limitMs);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    });
  });
