import type { LockedDesk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { drainLeaving, removeVanished } from "../fleet/departed.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { outstandingSuspension, restore } from "../fleet/suspension.ts";
import { intentOf } from "../operations/open-run.ts";
import { exitCodeOf } from "../operations/result.ts";
import { wideTimeout } from "../process/wide-controller.ts";
import { Journal, type RunRecord } from "../state/journal.ts";
import type { EndedInstance } from "../state/journal-entry.ts";
import type { RunSummary } from "../state/runs.ts";
import type { Account } from "./account.ts";
import { drainedBy, mendDrains } from "./drains.ts";
import { endOf } from "./end.ts";
import type { Mending } from "./mending.ts";
import { isNewcomer } from "./need.ts";
import { openMending, refuseYounger, startJournal } from "./opening.ts";
import type { Mend, Sight } from "./sight.ts";
import { isLoss, mendAll } from "./work.ts";

/** What a turn under the lock is to do. */
export interface LockedTurn {
  readonly fleet: Fleet;
  readonly sight: Sight;
  /** Those of the sight that are to be worked on. */
  readonly mends: readonly Mend[];
  readonly account: Account;
  /** A run of another verb that its deployer left open. */
  readonly open: RunSummary | undefined;
}

/**
 * One turn under the environment's lock. While a run is open only newcomers are started and the drains of that run put
 * right: which release its instances are to run, the run's end decides.
 */
export const lockedTurn = async (desk: LockedDesk, turn: LockedTurn): Promise<void> => {
  const { fleet, sight, account, open } = turn;
  const opened = open && (await openOf(desk, open));
  const intent = opened && intentOf(opened);
  const mends =
    open === undefined
      ? turn.mends
      : turn.mends.filter(({ member }) => isNewcomer(member) && !intent?.before.get(member.id)?.current);
  const drained = intent === undefined ? [] : drainedBy(intent, fleet.working);
  if (opened !== undefined && outstandingSuspension(opened) !== undefined)
    await giveBack(desk, opened, account);
  if (mends.length + drained.length + sight.vanished.length + sight.leaving.length === 0) return;
  const journal = await startJournal(desk, sight.desired);
  const mending = await openMending(desk, fleet, sight.desired, { journal, logged: journal.run });
  const { operation } = mending;
  try {
    await refuseYounger(mending);
    await noteBefore(mending, mends);
    await drainLeaving(operation, sight.leaving);
    await removeVanished(operation, sight.vanished);
    account.departed.push(...[...sight.leaving, ...sight.vanished].map(({ id }) => id));
    if (intent !== undefined) account.rejoined.push(...(await mendDrains(operation, intent, drained)));
    await mendAll(mending, mends, account);
    await close(mending, journal, account);
  } catch (error) {
    const reason = operation.signal.aborted ? operation.signal.reason : error;
    const failure = asHawserError(HawserError.is(reason) ? reason : error);
    // What was begun stays open: the next turn puts its drains right. Where nothing was begun there is nothing to put right.
    if (!isLoss(failure) || isWhole(fleet)) await close(mending, journal, account, failure);
    throw failure;
  } finally {
    await operation.log.close().catch((error) => desk.reporter.warnError(error, { step: "log" }));
  }
};

/** The journal of an open run, to be written in under this turn's epoch. */
const openOf = async (desk: LockedDesk, open: RunSummary): Promise<Journal> => {
  const { storage, application, environment } = desk.stores;
  const context = desk.reporter.operation(desk.control.signal, "reconcile");
  return await Journal.open(storage, application, environment, open.run, context, desk.lock.epoch);
};

/** The fleet changes by itself again, although the run that kept it from that is still open. */
const giveBack = async (desk: LockedDesk, journal: Journal, account: Account): Promise<void> => {
  const { reporter, control, lock } = desk;
  const left = await restore({ journal, desk, reporter, control, lock });
  if (left === undefined) account.restored = true;
  else reporter.warnError(left, { step: "restore" });
};

/** Nobody stands outside because of this turn, and nobody is in the middle of it. */
const isWhole = (fleet: Fleet): boolean =>
  fleet.members.every(({ takenFrom, loadBalancer }) => takenFrom.length === 0 || loadBalancer === "in");

/** Whom this turn may take out: if it dies, whoever comes next puts them in again. */
const noteBefore = async ({ operation }: Mending, mends: readonly Mend[]): Promise<void> =>
  await operation.journal.append(
    {
      step: "before",
      phase: "done",
      facts: { before: Object.fromEntries(mends.map(({ member }) => [member.id, member.before])) },
    },
    operation.context("journal"),
  );

const close = async (
  { operation }: Mending,
  journal: RunRecord,
  account: Account,
  failure?: HawserError,
): Promise<void> => {
  const { outcome, error } = endOf(account, failure);
  const signal = wideTimeout(10_000);
  await journal
    .end(
      {
        outcome,
        exitCode: exitCodeOf(outcome, error),
        to: operation.from,
        instances: endedInstances(operation.fleet, account),
      },
      operation.reporter.operation(signal, "end"),
    )
    .catch((thrown) => operation.reporter.warnError(thrown, { step: "journal" }));
};

/** Those that were worked on, and those that stand outside because of this turn or an earlier one. */
const endedInstances = (fleet: Fleet, account: Account): EndedInstance[] =>
  fleet.members.flatMap(({ id, release, state, leftOut, takenFrom, loadBalancer }) => {
    const out = leftOut || (takenFrom.length > 0 && loadBalancer !== "in");
    if (!out && !account.mended.has(id) && !account.failed.has(id)) return [];
    return [{ id, release, state, ...(out && { out: true as const }) }];
  });
