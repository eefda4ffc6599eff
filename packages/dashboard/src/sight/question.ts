import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type ErrorReport, HawserError } from "@hawser/core/plugin";
import { errors } from "../errors.ts";

/** What is known by now. */
export interface Told<T> {
  /** The last answer there was. */
  readonly answer?: T;
  /** When it came, milliseconds since 1970. */
  readonly at?: number;
  /** Why there is no newer one, since the first failure in a row. */
  readonly failure?: { readonly error: ErrorReport; readonly since: number };
  /** An answer is still waited for. */
  readonly asking: boolean;
}

export interface QuestionOptions<T> {
  /** In words, for the message about one that got no answer. */
  readonly what: string;
  /** How long an answer is good enough for whoever asks next. */
  restMs(answer: T): number;
  /** How long an answer may take. */
  readonly limitMs: number;
}

/** How long a page waits for an answer that is under way, when there is none yet, and when there is an earlier one. */
const patienceMs = { first: 5_000, later: 1_000 };
/** How long the next one waits after a question that failed. */
const restAfterFailureMs = 3_000;

/**
 * One question for all who look: it is asked when somebody looks and the last answer is old, never twice at once, and never when
 * nobody looks.
 */
export class Question<T> {
  readonly #ask: (signal: AbortSignal) => Promise<T>;
  readonly #options: QuestionOptions<T>;
  readonly #ending: AbortSignal;
  #told: Omit<Told<T>, "asking"> = {};
  #asking: Promise<void> | undefined;
  #restsUntil = 0;

  constructor(ask: (signal: AbortSignal) => Promise<T>, ending: AbortSignal, options: QuestionOptions<T>) {
    this.#ask = ask;
    this.#ending = ending;
    this.#options = options;
  }

  /** What was told last, whatever its age; asks nobody. */
  get known(): Told<T> {
    return { ...this.#told, asking: this.#asking !== undefined };
  }

  /** Asks, unless the last answer is new enough, and waits a while for it: no page waits for who is silent. */
  async told(): Promise<Told<T>> {
    this.begin();
    if (this.#asking !== undefined) {
      const done = new AbortController();
      const patience = this.#told.answer === undefined ? patienceMs.first : patienceMs.later;
      const late = sleep(patience, undefined, { signal: done.signal }).catch(() => {});
      await Promise.race([this.#asking, late]);
      done.abort();
    }
    return this.known;
  }

  /** The same without waiting. */
  begin(): void {
    if (this.#asking !== undefined || performance.now() < this.#restsUntil || this.#ending.aborted) return;
    this.#asking = this.#once().then((restMs) => {
      this.#restsUntil = performance.now() + restMs;
      this.#asking = undefined;
    });
  }

  /** Gives how long to rest; never rejects. */
  async #once(): Promise<number> {
    try {
      const answer = await this.#inTime();
      this.#told = { answer, at: Date.now() };
      return this.#options.restMs(answer);
    } catch (thrown) {
      const { failure: before, ...kept } = this.#told;
      this.#told = { ...kept, failure: { error: reportOf(thrown), since: before?.since ?? Date.now() } };
      return restAfterFailureMs;
    }
  }

  async #inTime(): Promise<T> {
    const { what, limitMs } = this.#options;
    const control = new AbortController();
    const end = (): void => control.abort();
    this.#ending.addEventListener("abort", end, { once: true });
    const done = new AbortController();
    try {
      const late = sleep(limitMs, undefined, { signal: done.signal, ref: false }).then(() => {
        throw errors.HWS_DASHBOARD_SILENT([what, limitMs / 1000]);
      });
      // Also what is thrown at once is to end the race.
      const asking = (async () => await this.#ask(control.signal))();
      return await Promise.race([asking, late]);
    } finally {
      done.abort();
      control.abort();
      this.#ending.removeEventListener("abort", end);
    }
  }
}

/** The answer that was told; an error when there is none. */
export const answered = <T>({ answer, failure }: Told<T>): T => {
  if (answer !== undefined) return answer;
  if (failure === undefined) throw errors.HWS_DASHBOARD_SILENT(["storage", patienceMs.first / 1000]);
  const { code, message, ...fields } = failure.error;
  throw new HawserError(code, message, fields);
};

const reportOf = (thrown: unknown): ErrorReport =>
  HawserError.is(thrown)
    ? thrown.report()
    : { code: "HWS_INTERNAL", message: thrown instanceof Error ? thrown.message : String(thrown) };
