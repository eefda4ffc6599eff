import type { RunResult } from "../contracts/events.ts";
import { withRetry } from "../decorate/retry.ts";
import { answeringStorage } from "../engine/answers.ts";
import type { Desk, LockedDesk } from "../engine/operation.ts";
import { Pause, silenceLimitMs } from "../engine/pause.ts";
import { asHawserError } from "../engine/reporter.ts";
import { openStores } from "../engine/stores.ts";
import { Wait } from "../engine/wait.ts";
import type { HeldLock, Tenure } from "../state/lock.ts";
import { nextCommands } from "./next-commands.ts";
import { exitCodeOf, resultOf } from "./result.ts";

/** The verb of turns that mend: they are short, and whoever else wants the lock waits for the end of one. */
const mending = "reconcile";
const turnLimitMs = 10 * 60_000;

/** How long freeing the lock may take before it is left to its time limit. */
const releaseLimitMs = 3_000;

/** What the lock is wanted for. */
export interface LockWish {
  readonly verb: string;
  readonly waitMs: number;
  /** The lowest epoch that the fleet would still obey, when a younger storage is adopted. */
  readonly epochAbove?: number | undefined;
}

/** Takes the environment's lock for the time of some work. */
export const underLock = async <T>(
  desk: Desk,
  { verb, waitMs, epochAbove }: LockWish,
  work: (desk: LockedDesk) => Promise<T>,
): Promise<T> => {
  let held: HeldLock | undefined;
  const wait = new Wait(desk.reporter);
  try {
    held = await desk.stores.lock.acquire(
      {
        verb,
        waitMs,
        ...(verb !== mending && { turns: { verb: mending, waitMs: turnLimitMs } }),
        ...(epochAbove !== undefined && { epochAbove }),
        onWait: (holder, until) =>
          wait.tell(
            `the lock, held by ${holder.owner.user}@${holder.owner.host} since ${new Date(holder.since).toISOString()}`,
            Date.now(),
            until,
          ),
      },
      desk.reporter.operation(desk.control.signal, "lock"),
    );
    wait.over();
    return await work(changing(desk, held));
  } finally {
    const limit = desk.reporter.operation(AbortSignal.timeout(releaseLimitMs), "lock");
    await held?.release(limit).catch((error) => desk.reporter.warnError(error, { step: "unlock" }));
  }
};

/** The same for a run: whatever goes wrong before the work has begun is a result too, and nothing was touched then. */
export const locked = async (
  desk: Desk,
  request: LockWish & { readonly began: number },
  work: (desk: LockedDesk) => Promise<RunResult>,
): Promise<RunResult> => {
  try {
    return await underLock(desk, request, work);
  } catch (thrown) {
    const reason = desk.control.signal.aborted ? desk.control.signal.reason : thrown;
    const error = asHawserError(reason);
    const outcome = error.code === "HWS_RUN_STOPPED" ? "interrupted" : "untouched";
    return resultOf(desk, request.verb, request.began, {
      outcome,
      exitCode: exitCodeOf(outcome, error),
      error: error.report(),
      next: nextCommands(desk, { outcome, run: null, open: false, verb: request.verb, error }),
    });
  }
};

/** A storage or load balancer that says that it cannot answer now is asked again this often. */
const askAgainMs = 5_000;

/** How long a load balancer may refuse: members that are out already are better waited for than put back. */
const balancerPatienceMs = 15_000;

/**
 * Under the lock nobody else waits: storage may be silent, or say that it cannot answer now, for as long as the run says
 * that it is paused.
 */
export const changing = (desk: Desk, lock: Tenure): LockedDesk => {
  const { application, environment, lock: options } = desk.config;
  const pause = new Pause(desk.reporter);
  const persistent = withRetry(desk.providers.storage, {
    attempts: Number.POSITIVE_INFINITY,
    totalMs: silenceLimitMs,
    maxDelayMs: askAgainMs,
  });
  const storage = answeringStorage(persistent, silenceLimitMs, {
    onSilence: (since, until) => pause.unanswered(since, until),
    onAnswer: () => pause.answered(),
  });
  const { signatures, sealing } = desk.stores;
  const beats = desk.providers.storage;
  const stores = openStores(storage, application, environment, signatures, sealing, { ...options, beats });
  const balancers = desk.providers.balancers.each((balancer) =>
    withRetry(balancer, {
      attempts: Number.POSITIVE_INFINITY,
      totalMs: balancerPatienceMs,
      maxDelayMs: askAgainMs,
    }),
  );
  return { ...desk, providers: { ...desk.providers, balancers }, lock, pause, stores };
};
