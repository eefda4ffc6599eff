import type { ListenerContext, RunEvent } from "@hawser/core/plugin";

/** No value may be longer: an environment has an end (execve(2)). */
const valueLimit = 4_000;

const clean = (value: string): string => value.replaceAll(/\p{Cc}+/gu, " ").slice(0, valueLimit);

const ofResult = (event: RunEvent): Record<string, string | undefined> => {
  if (event.type === "warning")
    return { ERROR_CODE: event.code, ERROR_MESSAGE: event.message, ERROR_HINT: event.hint };
  if (event.type !== "result") return {};
  const { outcome, exitCode, error } = event;
  return {
    OUTCOME: outcome,
    EXIT_CODE: String(exitCode),
    ERROR_CODE: error?.code,
    ERROR_MESSAGE: error?.message,
    ERROR_HINT: error?.hint,
  };
};

/** What a command learns of an event from its environment: `HAWSER_<NAME>`, and nothing of what is not known. */
export const variablesOf = (
  event: RunEvent,
  { moments, subject }: Pick<ListenerContext, "moments" | "subject">,
): Record<string, string> => {
  const known: Record<string, string | null | undefined> = {
    EVENT: event.type,
    MOMENTS: moments.join(" "),
    APPLICATION: subject.application,
    ENVIRONMENT: subject.environment,
    VERB: subject.verb,
    RUN: subject.run,
    RELEASE: subject.release,
    FROM: subject.from,
    REVISION: subject.revision,
    USER: subject.who.user,
    HOST: subject.who.host,
    CI: subject.ci,
    ...ofResult(event),
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[`HAWSER_${name}`, clean(value)]],
    ),
  );
};
