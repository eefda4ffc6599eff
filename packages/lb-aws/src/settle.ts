import { setTimeout as sleep } from "node:timers/promises";
import { HawserError, type Instance, type OperationContext } from "@hawser/core/plugin";
import type { Roster } from "./roster.ts";
import type { Standing } from "./standing.ts";

/** What to do next about a member: nothing any more, look again later, or a change. */
export type Move = "done" | "wait" | "add" | "remove";

/** What is aimed at, and until when. */
export interface Aim {
  decide(seen: Standing): Move;
  readonly limitMs: number;
  late(seen: Standing): HawserError;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** AWS may throttle or fail so long in one piece: a drain that takes minutes should outlast that. */
const quietMs = 60_000;

/** Does what may fail for a while; undefined while it does. */
class Tolerance {
  readonly #context: OperationContext;
  #since: number | undefined;

  constructor(context: OperationContext) {
    this.#context = context;
  }

  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      this.#since = undefined;
      return done;
    } catch (error) {
      if (!HawserError.is(error) || !error.retryable) throw error;
      this.#since ??= performance.now();
      if (performance.now() - this.#since >= quietMs) throw error;
      this.#context.logger.debug("AWS did not answer; asking again", { code: error.code });
      return undefined;
    }
  }
}

/**
 * Looks and moves until nothing is left to do, and gives what was seen then. Every look decides anew, so that a change
 * whose answer was lost, or that somebody undid, is met by the next look.
 */
export const settle = async (
  roster: Roster,
  instance: Instance,
  aim: Aim,
  context: OperationContext,
): Promise<Standing> => {
  const end = performance.now() + aim.limitMs;
  const tolerance = new Tolerance(context);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const seen = await tolerance.attempt(async () => (await roster.look([instance], context))[0]);
    const move = seen === undefined ? "wait" : aim.decide(seen);
    if (seen !== undefined && move === "done") return seen;
    const leftMs = end - performance.now();
    if (seen !== undefined && leftMs <= 0) throw aim.late(seen);
    if (move === "add" || move === "remove") {
      context.logger.debug(move === "add" ? "registering a member" : "deregistering a member", {
        where: roster.label,
        instance: instance.id,
      });
      await tolerance.attempt(() => roster[move](instance, context));
      pauseMs = firstPauseMs;
    }
    await sleep(Math.max(50, Math.min(pauseMs, leftMs)), undefined, { signal: context.signal });
  }
};
