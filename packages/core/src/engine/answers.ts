import type { Storage } from "../contracts/storage.ts";
import { type Patience, withPatience } from "../decorate/patience.ts";
import type { Call } from "../decorate/seam.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Reporter } from "./reporter.ts";
import { Wait } from "./wait.ts";

/** How long a question to storage may stay unanswered while nothing of a run is at stake. */
export const answerLimitMs = 20_000;

/** How long the inventory, a load balancer or the source may take to answer a question, tries included. */
const questionLimitMs = 120_000;

const questions = ["get", "stat", "list", "put", "delete", "presignGet"];

const asked = ({ method, args }: Pick<Call, "method" | "args">): string => {
  const request = args[0] as { key?: string; prefix?: string } | undefined;
  return `${method} ${request?.key ?? request?.prefix ?? ""}`;
};

/** Says that an answer is waited for, and ends that wait with the next one. */
export const silenceOf = (
  what: string,
  reporter: Pick<Reporter, "waiting">,
): Required<Pick<Patience, "onSilence" | "onAnswer">> => {
  const wait = new Wait(reporter);
  return {
    onSilence: (since, until) => wait.tell(what, since, until),
    onAnswer: () => wait.over(),
  };
};

/** Storage whose every answer is waited for so long and no longer. */
export const answeringStorage = (
  storage: Storage,
  limitMs: number,
  hear: Pick<Patience, "onSilence" | "onAnswer">,
): Storage =>
  withPatience(storage, {
    limits: Object.fromEntries(questions.map((method) => [method, limitMs])),
    late: (call, ms) => engineErrors.HWS_STORAGE_SILENT([asked(call), ms / 1000]),
    ...hear,
  });

/** A provider one of whose methods asks a question that somebody waits for. */
export const answering = <S extends object>(
  provider: S,
  { who, method }: { readonly who: string; readonly method: keyof S & string },
  reporter: Pick<Reporter, "waiting">,
): S =>
  withPatience(provider, {
    limits: { [method]: questionLimitMs },
    late: (_, ms) => engineErrors.HWS_PROVIDER_SILENT([who, ms / 1000]),
    ...silenceOf(`${who} to answer`, reporter),
  });
