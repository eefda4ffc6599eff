import type { OperationContext } from "../contracts/common.ts";

/** Does several things at once; the first failure stops the others, and is thrown when all have stopped. */
export const inStep = async <T>(
  tasks: readonly ((context: OperationContext) => Promise<T>)[],
  context: OperationContext,
): Promise<T[]> => {
  const failure = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, failure.signal]) };
  const running = tasks.map((task) =>
    task(inner).catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(running);
  context.signal.throwIfAborted();
  failure.signal.throwIfAborted();
  return Promise.all(running);
};
