import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";

/** An error as a problem that was found before anything changed. */
export const problemOf = (
  error: HawserError,
  where: string,
  severity: Problem["severity"] = "error",
): Problem => ({
  code: error.code,
  message: error.message,
  ...(error.hint !== undefined && { hint: error.hint }),
  where,
  severity,
});

/** What a look finds; a look that fails is the problem. */
export const problemsOf = async (
  where: string,
  { signal }: OperationContext,
  look: () => Promise<readonly Problem[]>,
): Promise<readonly Problem[]> => {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    if (!HawserError.is(error)) throw error;
    return [problemOf(error, where)];
  }
};
