import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import type { LockState } from "../state/lock.ts";
import { whereabouts } from "../state/owner.ts";

/** A run whose owner may still live is under way; only one that is proved dead, or freed the lock, is open. */
export const isWorkedOn = (run: string, lock: LockState): boolean =>
  lock.state === "held" && lock.run === run && whereabouts(lock.owner) !== "dead";

const whoOf = ({ owner }: LockState): string => `${owner.user}@${owner.host} (pid ${owner.pid})`;

/** How a run that is under way is told of. */
export const tellUnderWay = (run: string, lock: LockState): HawserError =>
  engineErrors.HWS_RUN_UNDER_WAY([run, whoOf(lock), lock.phase ?? lock.verb]);

/** The run that somebody works on right now, as an error that says so; undefined when there is none. */
export const runUnderWay = async (
  { stores }: Pick<Desk, "stores">,
  context: OperationContext,
): Promise<HawserError | undefined> => {
  const [open, lock] = await Promise.all([stores.runs.open(context), stores.lock.read(context)]);
  return open !== undefined && lock !== undefined && isWorkedOn(open.run, lock)
    ? tellUnderWay(open.run, lock)
    : undefined;
};
