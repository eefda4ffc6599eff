import type { Desk, LockedDesk } from "../engine/operation.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { outstandingSuspension } from "../fleet/suspension.ts";
import { underLock } from "../operations/locked.ts";
import { intentOf } from "../operations/open-run.ts";
import { expiryWarning } from "../state/expiry.ts";
import { Journal } from "../state/journal.ts";
import type { HeldLock } from "../state/lock.ts";
import { whereabouts } from "../state/owner.ts";
import type { Account } from "./account.ts";
import { besideRun } from "./beside.ts";
import { drainedBy } from "./drains.ts";
import { lockedTurn } from "./locked-turn.ts";
import { isNewcomer } from "./need.ts";
import { settleMending } from "./settle.ts";
import { lookAround, type Mend, type Sight, type Suspects } from "./sight.ts";

export interface Turn {
  readonly fleet: Fleet;
  readonly account: Account;
  readonly suspects: Suspects;
  /** Whether an instance is to be worked on now: one that failed a moment ago waits. */
  readonly isDue: (id: string) => boolean;
  /** The lease; taken when there is something to do. */
  readonly lease: () => Promise<HeldLock>;
}

/** Looks, and mends what is not as it should be. Where nothing is to be mended no lock is taken and nothing is written. */
export const takeTurn = async (desk: Desk, turn: Turn): Promise<void> => {
  const sight = await look(desk, turn);
  if (sight === undefined) return;
  const mends = dueOf(sight, turn);
  if (!(await isWork(desk, turn, sight, mends))) return;
  const lease = await turn.lease();
  const newcomers = mends.filter(({ member }) => isNewcomer(member));
  if (isHeld(sight) && newcomers.length > 0)
    return await besideRun(desk, { ...turn, sight, mends: newcomers, lease });
  let worked = false;
  try {
    await underLock(desk, { verb: "reconcile", waitMs: 0 }, async (held) => {
      worked = true;
      await mendUnderLock(held, turn);
    });
  } catch (error) {
    if (worked || !HawserError.is(error, "HWS_LOCK_BUSY")) throw error;
    if (newcomers.length > 0) await besideRun(desk, { ...turn, sight, mends: newcomers, lease });
    else if (mends.length > 0) desk.reporter.warn(error.report());
  }
};

const look = async (desk: Desk, turn: Turn): Promise<Sight | undefined> => {
  const { account, fleet } = turn;
  const sight = await lookAround(desk, fleet, turn.suspects);
  account.release = sight?.desired.release;
  account.version = sight?.desired.version ?? 0;
  account.expiry = sight && expiryWarning(sight.desired);
  if (sight === undefined) return undefined;
  account.silent = sight.silent;
  account.present = fleet.members;
  const lacking = new Set(sight.mends.map(({ member }) => member));
  account.well = fleet.working.filter((member) => !lacking.has(member));
  for (const member of account.well) desk.reporter.instance(member, "active");
  return sight;
};

const dueOf = ({ mends }: Sight, { isDue }: Turn): Mend[] => mends.filter(({ member }) => isDue(member.id));

/** Somebody has the lock, and is not known to be dead. */
const isHeld = ({ lock }: Sight): boolean => lock?.state === "held" && whereabouts(lock.owner) !== "dead";

const isWork = async (
  desk: Desk,
  { fleet }: Turn,
  sight: Sight,
  mends: readonly Mend[],
): Promise<boolean> => {
  const { open, vanished, leaving } = sight;
  if (vanished.length + leaving.length > 0) return true;
  if (open === undefined) return mends.length > 0;
  if (open.verb === "reconcile" && !isHeld(sight)) return true;
  if (mends.some(({ member }) => isNewcomer(member))) return true;
  const { storage, application, environment } = desk.stores;
  const context = desk.reporter.operation(desk.control.signal, "reconcile");
  const journal = await Journal.open(storage, application, environment, open.run, context);
  const suspended =
    outstandingSuspension(journal) !== undefined && desk.providers.inventory.restore !== undefined;
  return suspended || drainedBy(intentOf(journal), fleet.working).length > 0;
};

/** Looks again with the lock in hand, and mends what is due then. */
const mendUnderLock = async (desk: LockedDesk, turn: Turn): Promise<void> => {
  const { fleet, account } = turn;
  const context = desk.reporter.operation(desk.control.signal, "reconcile");
  let open = await desk.stores.runs.open(context);
  if (open?.verb === "reconcile") {
    account.rejoined.push(...(await settleMending(desk, open)));
    open = await desk.stores.runs.open(context);
  }
  const sight = await look(desk, turn);
  if (sight !== undefined) await lockedTurn(desk, { fleet, account, sight, mends: dueOf(sight, turn), open });
};
