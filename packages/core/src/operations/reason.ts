import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { reasonGrammar } from "../state/person.ts";

/** A person's words as they may be kept: one line, and no secret of the config in it. */
export const keptReason = (desk: Pick<Desk, "redactor">, reason: string): string => {
  const text = desk.redactor.redactValue(reason.trim());
  if (text === "") throw engineErrors.HWS_REASON_INVALID(["is empty"]);
  if (!reasonGrammar.test(text))
    throw engineErrors.HWS_REASON_INVALID(["has more than one line or more than 1000 characters"]);
  return text;
};
