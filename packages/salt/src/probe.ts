import type { OperationContext } from "@hawser/core/plugin";
import { isAnswer } from "./answer.ts";
import { type Gathered, lookUp, publish } from "./job.ts";
import type { SaltApi } from "./salt-api.ts";

/** A minion that returned nothing for so long is asked, and again so long after it last said that it works. */
const patienceMs = 5_000;
/** A minion that is done and whose return is on its way says that it knows of no job: so it must say it twice. */
const denials = 2;

/** Asks those that have not returned whether they work on the job. */
export class Probe {
  readonly #api: SaltApi;
  readonly #job: string;
  readonly #silenceMs: number;
  readonly #denied = new Map<string, number>();
  #next: number;
  #asked: { readonly job: string; readonly minions: ReadonlySet<string>; readonly until: number } | undefined;

  constructor(api: SaltApi, job: string, silenceMs: number) {
    this.#api = api;
    this.#job = job;
    this.#silenceMs = silenceMs;
    this.#next = performance.now() + Math.min(patienceMs, silenceMs);
  }

  /** Of those that wait, whose end is known without a return. */
  async judge(waiting: readonly string[], context: OperationContext): Promise<readonly Gathered[]> {
    if (waiting.length === 0) return [];
    if (this.#asked === undefined) {
      if (performance.now() >= this.#next) await this.#ask(waiting, context);
      return [];
    }
    const { job, minions, until } = this.#asked;
    const answers = await lookUp(this.#api, job, context);
    const asked = waiting.filter((minion) => minions.has(minion));
    if (asked.some((minion) => !answers.has(minion)) && performance.now() < until) return [];
    this.#asked = undefined;
    this.#next = performance.now() + Math.min(patienceMs, this.#silenceMs);
    return asked.flatMap((minion) => this.#verdict(minion, answers) ?? []);
  }

  async #ask(waiting: readonly string[], context: OperationContext): Promise<void> {
    const call = { minions: waiting, fun: "saltutil.find_job", kwarg: { jid: this.#job } };
    const { job } = await publish(this.#api, call, context);
    this.#asked = { job, minions: new Set(waiting), until: performance.now() + this.#silenceMs };
  }

  #verdict(minion: string, answers: ReadonlyMap<string, unknown>): Gathered | undefined {
    if (!answers.has(minion))
      return {
        minion,
        kind: "silent",
        why: `it gave no sign of life for ${Math.round(this.#silenceMs / 1000)} s`,
      };
    const found = answers.get(minion);
    if (isAnswer(found) && Object.keys(found).length > 0) {
      this.#denied.delete(minion);
      return undefined;
    }
    const denied = (this.#denied.get(minion) ?? 0) + 1;
    this.#denied.set(minion, denied);
    if (denied < denials) return undefined;
    return { minion, kind: "lost", why: "the minion no longer works on it and returned nothing" };
  }
}
