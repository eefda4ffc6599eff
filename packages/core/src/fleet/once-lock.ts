import type { OnceCommand } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { silenceLimitMs } from "../engine/pause.ts";
import { Wait } from "../engine/wait.ts";
import { commandErrors } from "../errors/command-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { HeldLock } from "../state/lock.ts";
import { describeHolder, type LockState } from "../state/lock-state.ts";

/** How long freeing it may take before it is left to its time limit. */
const releaseLimitMs = 10_000;
const grammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Does the work under the lock that the command names, if any. Another command that has it is waited for as long as this one
 * may take itself.
 */
export const underOnceLock = async (
  operation: Operation,
  command: OnceCommand,
  step: string,
  work: () => Promise<void>,
): Promise<void> => {
  const { lock: name } = command;
  if (name === undefined) return await work();
  if (!grammar.test(name)) throw commandErrors.HWS_ONCE_LOCK_NAME([command.name, name]);
  const held = await take(operation, command, name, step);
  try {
    // Nothing is begun on the word of a lock that was lost meanwhile.
    await held.confirm(operation.context(step), { giveUpMs: silenceLimitMs });
    await work();
  } finally {
    const limit = operation.reporter.operation(AbortSignal.timeout(releaseLimitMs), step);
    await held.release(limit).catch((error) => operation.reporter.warnError(error, { step }));
  }
};

const take = async (
  operation: Operation,
  command: OnceCommand,
  name: string,
  step: string,
): Promise<HeldLock> => {
  const { stores, journal, reporter } = operation;
  const wait = new Wait(reporter);
  let holder: LockState | undefined;
  const onWait = (state: LockState, until: number): void => {
    holder = state;
    const what = `the lock ${name} of once command ${command.name}, held by ${describeHolder(state)}`;
    wait.tell(what, Date.now(), until);
  };
  const signal = endOfWaiting(operation);
  const request = { verb: "once", run: journal.run, waitMs: command.timeoutMs, onWait };
  try {
    return await stores.onceLock(name).acquire(request, reporter.operation(signal, step));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (holder === undefined || !HawserError.is(error, "HWS_LOCK_BUSY")) throw error;
    throw commandErrors.HWS_ONCE_LOCKED([command.name, name, describeHolder(holder)], { cause: error });
  } finally {
    wait.over();
  }
};

/** Aborted with the run, and by the first wish to end it: nothing is half-done while a lock is waited for. */
const endOfWaiting = ({ control, signal }: Operation): AbortSignal => {
  const ending = new AbortController();
  const look = (): void => {
    try {
      control.checkpoint();
      signal.throwIfAborted();
    } catch (reason) {
      ending.abort(reason);
    }
  };
  control.onCancel(look);
  signal.addEventListener("abort", look, { once: true });
  look();
  return ending.signal;
};
