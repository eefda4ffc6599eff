import { HawserError } from "../errors/hawser-error.ts";

/** What a look at options finds wrong, and what it throws: for `problems` of a plugin whose parts refuse by throwing. */
export const thrownProblems = (look: () => readonly HawserError[]): readonly HawserError[] => {
  try {
    return look();
  } catch (error) {
    if (!HawserError.is(error)) throw error;
    return [error];
  }
};
