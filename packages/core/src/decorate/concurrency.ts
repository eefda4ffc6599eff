/**
 * Does the same with every item, at most `limit` at once, and gathers what became of each, in the order of the items.
 * Never rejects. After the signal aborted no item is begun: those left are rejected with its reason.
 */
export const forEachLimited = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<readonly PromiseSettledResult<R>[]> => {
  const results: PromiseSettledResult<R>[] = new Array(items.length);
  const waiting = items.entries();
  const lane = async () => {
    // The lanes share one iterator: each takes the next item that is left.
    for (const [index, item] of waiting) {
      try {
        signal?.throwIfAborted();
        results[index] = { status: "fulfilled", value: await work(item, index) };
      } catch (reason) {
        results[index] = { status: "rejected", reason };
      }
    }
  };
  const lanes = Math.max(1, Math.min(limit, items.length));
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
};
