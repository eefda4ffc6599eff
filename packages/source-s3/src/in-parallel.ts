/** Does a work for each item, some at a time. The first failure stops the others, and is told when they have stopped. */
export const inParallel = async <T>(
  items: readonly T[],
  { atOnce, signal }: { readonly atOnce: number; readonly signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const rest = items.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (both.aborted) return;
      await work(item, both).catch((error: unknown) => {
        failure ??= { error };
        failed.abort(error);
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
};
