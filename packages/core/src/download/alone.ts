const busy = new Map<string, Promise<unknown>>();

/** Settles when the other work has, or with the reason of a caller that does not want to wait any more. */
const after = async (other: Promise<unknown>, signal: AbortSignal): Promise<void> =>
  await new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const go = (): void => {
      signal.removeEventListener("abort", abort);
      resolve();
    };
    other.then(go, go);
  });

/** Does a work of this name in this process while no other of that name is under way; waits for its turn. */
export const alone = async <T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  for (let other = busy.get(name); other !== undefined; other = busy.get(name)) await after(other, signal);
  const mine = work();
  busy.set(name, mine);
  try {
    return await mine;
  } finally {
    busy.delete(name);
  }
};
