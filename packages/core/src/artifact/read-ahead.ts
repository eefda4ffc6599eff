/**
 * Works on many items at once and hands over the results in the order of the items. At most `ahead` are in the air;
 * when the reader stops early or one fails, no new one starts and those in the air are waited for.
 */
export async function* readAhead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const inAir: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // A failure is reported when its turn comes, not as an unhandled rejection before.
      result.catch(() => {});
      inAir.push(result);
      if (inAir.length >= ahead) yield (await inAir.shift()) as R;
    }
    while (inAir.length > 0) yield (await inAir.shift()) as R;
  } finally {
    await Promise.allSettled(inAir);
  }
}
