import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { resultOf } from "../operations/result.ts";
import { openFleet } from "../operations/workplace.ts";
import { Account } from "../reconcile/account.ts";
import { endOf } from "../reconcile/end.ts";
import { takeTurn } from "../reconcile/turn.ts";
import type { HeldLock } from "../state/lock.ts";
import type { Figures } from "./figures.ts";
import type { WatchMemory } from "./memory.ts";
import type { Telling } from "./telling.ts";

/** What a turn of a watch takes from those before it and hands on to those after it. */
export interface WatchTurn {
  readonly lease: HeldLock;
  readonly memory: WatchMemory;
  readonly figures: Figures;
  readonly telling: Telling;
}

const watchName = "the watch";
const desiredName = "the desired state";

/** One turn of a watch; gives whether there is more to do at once. */
export const watchTurn = async (desk: Desk, turn: WatchTurn): Promise<boolean> => {
  const { memory, figures, telling } = turn;
  const began = performance.now();
  await using fleet = openFleet(desk, true);
  const account = new Account();
  try {
    await takeTurn(desk, {
      fleet,
      account,
      suspects: memory.suspects,
      isDue: memory.isDue,
      lease: async () => turn.lease,
    });
  } catch (thrown) {
    figures.count(endOf(account, asHawserError(thrown)).outcome, account);
    throw thrown;
  }
  telling.over(watchName);
  if (account.expiry === undefined) telling.over(desiredName);
  else telling.trouble(desiredName, account.expiry);
  tellInstances(account, telling);
  sayEnd(desk, account, began);
  await giveUp(desk, memory.learn(account));
  figures.count(endOf(account).outcome, account);
  const present = account.present.length;
  const { well, troubled } = memory;
  figures.stand({ well, failed: troubled, other: Math.max(0, present - well - troubled) });
  return account.more || account.overtaken.length > 0;
};

/** The turn's own last word, for listeners: a watch itself says each thing once. Of failures `trouble` tells. */
const sayEnd = (desk: Desk, account: Account, began: number): void => {
  const { outcome } = endOf(account);
  if (outcome !== "done") return;
  const release = account.release ?? null;
  const said = { outcome, release, from: release, desired: release };
  desk.reporter.lastWord(resultOf(desk, "reconcile", began, said));
};

const tellInstances = (account: Account, telling: Telling): void => {
  for (const [id, error] of account.failed) telling.trouble(id, error);
  for (const { id, error } of account.silent) if (error !== undefined) telling.trouble(id, error);
  for (const { id } of account.well) telling.over(id);
  for (const id of account.mended.keys()) telling.over(id);
  const present = new Set(account.present.map(({ id }) => id));
  telling.keepOnly((name) => name.startsWith("the ") || present.has(name));
};

/** The autoscaling service may try another machine. */
const giveUp = async (desk: Desk, instances: ReturnType<WatchMemory["learn"]>): Promise<void> => {
  for (const instance of instances)
    await desk.providers.inventory
      .complete?.(
        { instance, result: "failed" },
        desk.reporter.operation(desk.control.signal, "complete", instance.id),
      )
      .catch((error) => desk.reporter.warnError(error, { instance: instance.id, step: "complete" }));
};
