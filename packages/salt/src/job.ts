import { setTimeout as sleep } from "node:timers/promises";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import { isAnswer } from "./answer.ts";
import { errors } from "./errors.ts";
import { minionGrammar } from "./minion.ts";
import { Probe } from "./probe.ts";
import type { SaltApi } from "./salt-api.ts";

/** One function for many minions, which are named one by one: no pattern ever chooses them. */
export interface JobCall {
  readonly minions: readonly string[];
  readonly fun: string;
  readonly kwarg: Readonly<Record<string, unknown>>;
  /** How long a minion may give no sign of life. */
  readonly silenceMs: number;
}

/** What became of a job on one minion; a value is hostile until its reader has looked at its type. */
export type Gathered =
  | { readonly minion: string; readonly kind: "returned"; readonly value: unknown }
  /** It is not known to the master, or gives no sign of life. */
  | { readonly minion: string; readonly kind: "silent"; readonly why: string }
  /** It is there, and no longer knows of the job. */
  | { readonly minion: string; readonly kind: "lost"; readonly why: string };

const firstPauseMs = 100;
const longestPauseMs = 2_000;
/** A master whose answers take long is asked more seldom. */
const restShare = 3;

/**
 * Publishes a job and yields what each minion returned, as it comes. A minion that takes long is asked whether it still
 * works on the job: the master tells nothing of those that do not answer. Every minion yields once.
 */
export async function* runJob(
  api: SaltApi,
  call: JobCall,
  context: OperationContext,
): AsyncGenerator<Gathered> {
  const { job, minions } = await publish(api, call, context);
  const missing = new Set(call.minions);
  for (const minion of call.minions) {
    if (minions.has(minion)) continue;
    missing.delete(minion);
    yield { minion, kind: "silent", why: "the master has no accepted key of it" };
  }
  const watch = new Watch(api, call, job);
  try {
    for (let pauseMs = firstPauseMs; missing.size > 0; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
      await pause(Math.max(pauseMs, watch.costMs * restShare), context);
      for (const gathered of await watch.look(missing, context)) {
        missing.delete(gathered.minion);
        yield gathered;
      }
    }
  } finally {
    if (context.signal.aborted && missing.size > 0) await end(api, job, [...missing], context);
  }
}

const pause = (ms: number, { signal }: OperationContext): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {
    throw signal.reason;
  });

const endLimitMs = 3_000;

/** Nobody waits for it any more: it is told to end, where that can still be told. */
const end = async (
  api: SaltApi,
  job: string,
  minions: readonly string[],
  context: OperationContext,
): Promise<void> => {
  const call = { minions, fun: "saltutil.term_job", kwarg: { jid: job } };
  try {
    await publish(api, call, { ...context, signal: AbortSignal.timeout(endLimitMs) });
  } catch (error) {
    context.logger.debug("a job that was given up could not be ended", { job, why: String(error) });
  }
};

interface Published {
  readonly job: string;
  /** Those the master published it for. */
  readonly minions: ReadonlySet<string>;
}

/** Publishes without waiting for anybody. */
export const publish = async (
  api: SaltApi,
  { minions, fun, kwarg }: Omit<JobCall, "silenceMs">,
  context: OperationContext,
): Promise<Published> => {
  for (const minion of minions) if (!minionGrammar.test(minion)) throw errors.HWS_SALT_MINION([minion]);
  const low = { client: "local_async", tgt: minions, tgt_type: "list", fun, kwarg };
  const answer = await api.run(low, context);
  // No minion at all was accepted: the master publishes nothing and says nothing.
  if (isAnswer(answer) && Object.keys(answer).length === 0) return { job: "", minions: new Set() };
  const { jid, minions: targets } = isAnswer(answer) ? answer : {};
  if (typeof jid !== "string" || !/^\d{1,30}(_\d{1,10})?$/.test(jid) || !Array.isArray(targets))
    throw errors.HWS_SALT_ANSWER([api.url, "no job"]);
  return { job: jid, minions: new Set(targets.filter((each) => typeof each === "string")) };
};

/** What has returned of a job so far. */
export const lookUp = async (
  api: SaltApi,
  job: string,
  context: OperationContext,
): Promise<ReadonlyMap<string, unknown>> => {
  const answer = await api.run({ client: "runner", fun: "jobs.lookup_jid", kwarg: { jid: job } }, context);
  if (!isAnswer(answer)) throw errors.HWS_SALT_ANSWER([api.url, `no results of the job ${job}`]);
  return new Map(Object.entries(answer));
};

/** Looks at one job again and again. */
class Watch {
  readonly #api: SaltApi;
  readonly #call: JobCall;
  readonly #job: string;
  readonly #probe: Probe;
  /** When salt-api answered last. */
  #heard: number = performance.now();
  /** How long the last look took. */
  costMs = 0;

  constructor(api: SaltApi, call: JobCall, job: string) {
    this.#api = api;
    this.#call = call;
    this.#job = job;
    this.#probe = new Probe(api, job, call.silenceMs);
  }

  /** Those of the missing whose end is known by now. */
  async look(missing: ReadonlySet<string>, context: OperationContext): Promise<readonly Gathered[]> {
    const begun = performance.now();
    try {
      const results = await lookUp(this.#api, this.#job, context);
      const found: Gathered[] = [];
      for (const minion of missing)
        if (results.has(minion)) found.push({ minion, kind: "returned", value: results.get(minion) });
      const waiting = [...missing].filter((minion) => !results.has(minion));
      found.push(...(await this.#probe.judge(waiting, context)));
      this.#heard = performance.now();
      return found;
    } catch (error) {
      // A job goes on without salt-api: it is looked for again, as long as a minion may be silent.
      if (!HawserError.is(error) || !error.retryable || context.signal.aborted) throw error;
      if (performance.now() - this.#heard < this.#call.silenceMs) return [];
      return [...missing].map((minion) => ({ minion, kind: "lost", why: error.message }));
    } finally {
      this.costMs = performance.now() - begun;
    }
  }
}
