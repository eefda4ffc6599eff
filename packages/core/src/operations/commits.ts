import type { OperationContext } from "../contracts/common.ts";
import type { Change } from "../contracts/source.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import type { HawserError } from "../errors/hawser-error.ts";

/** The commits between two revisions, as far as the source can tell. */
export interface Commits {
  /** Those of the later one alone, newest first. */
  readonly changes: readonly Change[];
  /** Those of the earlier one alone: a way back leaves them out. */
  readonly takenBack?: readonly Change[];
  /** Why they are not known. */
  readonly unknown?: string;
  /** What the source failed with. */
  readonly error?: HawserError;
}

/** As many as a source tells at most. */
const mostTold = 200;

/** Asks the source in both directions. That it cannot be asked is told, and is no failure. */
export const commitsBetween = async (
  desk: Desk,
  { from, to, limit }: { readonly from: string; readonly to: string; readonly limit: number },
  context: OperationContext,
): Promise<Commits> => {
  const { source } = desk.providers;
  if (from === to) return { changes: [] };
  if (source.changes === undefined)
    return { changes: [], unknown: "the source cannot tell what lies between two revisions" };
  try {
    const changes = await source.changes({ from, to }, context);
    // A source that has told all that it may has not looked far enough to say what the other one lacks.
    const whole = changes.length < mostTold;
    const takenBack = whole ? await source.changes({ from: to, to: from }, context) : [];
    const shown = (all: readonly Change[]) => all.slice(0, limit).map((change) => readable(desk, change));
    return { changes: shown(changes), ...(takenBack.length > 0 && { takenBack: shown(takenBack) }) };
  } catch (thrown) {
    desk.control.signal.throwIfAborted();
    const error = asHawserError(thrown);
    return { changes: [], unknown: desk.redactor.redactValue(`${error.message} (${error.code})`), error };
  }
};

/** Anybody may have written them: they are cut to what a line can show, and hold no secret of the config. */
const readable = ({ redactor }: Desk, { id, author, message, time }: Change): Change =>
  redactor.redactValue({
    id: id.slice(0, 200),
    ...(author !== undefined && { author: author.slice(0, 200) }),
    message: message.slice(0, 500),
    ...(time !== undefined && { time }),
  });
