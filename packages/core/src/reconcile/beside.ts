import type { Desk } from "../engine/operation.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { changing } from "../operations/locked.ts";
import type { RunRecord } from "../state/journal.ts";
import type { HeldLock, Tenure } from "../state/lock.ts";
import type { Account } from "./account.ts";
import { openMending } from "./opening.ts";
import type { Mend, Sight } from "./sight.ts";
import { mendAll } from "./work.ts";

/**
 * Brings newcomers to what is desired while somebody else's run has the lock, under the lease and with the epoch of the
 * desired state: an instance on which the run has acted already refuses it. What is desired is read again before an
 * instance is switched, before it joins and after it.
 */
export const besideRun = async (
  desk: Desk,
  turn: {
    readonly fleet: Fleet;
    readonly sight: Sight;
    readonly mends: readonly Mend[];
    readonly account: Account;
    readonly lease: HeldLock;
  },
): Promise<void> => {
  const { fleet, sight, mends, account, lease } = turn;
  const { desired } = sight;
  using tenure = new LeaseTenure(lease, desired.epoch);
  const locked = changing(desk, tenure);
  const isDesired = async (): Promise<boolean> => {
    const context = desk.reporter.operation(desk.control.signal, "desired");
    return (await desk.stores.desired.read(context))?.state.version === desired.version;
  };
  // Records of commands on instances bear the turn's name, so that a failed one is not answered for ever.
  const journal: RunRecord = {
    run: `${desired.run}-beside-${Date.now()}`,
    entries: () => [],
    append: async () => {},
    end: async () => {},
  };
  const mending = await openMending(locked, fleet, desired, { journal, logged: desired.run, isDesired });
  try {
    await mendAll(mending, mends, account);
  } finally {
    const { log } = mending.operation;
    await log.close().catch((error) => desk.reporter.warnError(error, { step: "log" }));
  }
};

/** What the lease lets its holder do: start newcomers, with the epoch of what is desired. */
class LeaseTenure implements Tenure, Disposable {
  readonly epoch: number;
  readonly #lease: HeldLock;
  readonly #losing = new AbortController();
  readonly #lose = (): void => this.#losing.abort(this.#lease.lost.reason);

  constructor(lease: HeldLock, epoch: number) {
    this.#lease = lease;
    this.epoch = epoch;
    // The lease outlives many turns: what listens to it goes with the turn.
    lease.lost.addEventListener("abort", this.#lose, { once: true });
    if (lease.lost.aborted) this.#lose();
  }

  get lost(): AbortSignal {
    return this.#losing.signal;
  }

  watch(): void {}

  update(): void {}

  confirm(...proof: Parameters<Tenure["confirm"]>): Promise<void> {
    return this.#lease.confirm(...proof);
  }

  [Symbol.dispose](): void {
    this.#lease.lost.removeEventListener("abort", this.#lose);
  }
}
