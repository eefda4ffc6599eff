import type { ReconcileRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { reconcileErrors } from "../errors/reconcile-codes.ts";
import { Account } from "../reconcile/account.ts";
import { endOf, type TurnEnd } from "../reconcile/end.ts";
import type { Suspects } from "../reconcile/sight.ts";
import { takeTurn } from "../reconcile/turn.ts";
import type { HeldLock } from "../state/lock.ts";
import { hawserIn } from "./next-commands.ts";
import { exitCodeOf, resultOf } from "./result.ts";
import { openFleet } from "./workplace.ts";

/** One turn: compares what is desired with what is, and mends it. */
export const reconcile = async (desk: Desk, request: ReconcileRequest): Promise<RunResult> => {
  const began = performance.now();
  await using fleet = openFleet(desk, true);
  await using lease = new TurnLease(desk);
  const account = new Account();
  const end = await takeTurn(desk, {
    fleet,
    account,
    suspects: await suspectsOf(desk, request),
    isDue: () => true,
    lease: () => lease.take(),
  }).then(
    () => endOf(account),
    (thrown): TurnEnd => endOf(account, asHawserError(reasonOf(desk, thrown))),
  );
  if (account.expiry !== undefined) desk.reporter.warn(account.expiry.report());
  const { outcome, error } = end;
  // Who did not answer could not be looked at; whatever else there was to do was done.
  const unseen = error?.code === "HWS_FLEET_UNREACHABLE" ? 4 : undefined;
  return resultOf(desk, "reconcile", began, {
    outcome,
    exitCode: unseen ?? exitCodeOf(outcome, error),
    release: account.release ?? null,
    from: account.release ?? null,
    desired: account.release ?? null,
    instances: fleet.members.map((member) => member.result()),
    next: outcome === "done" || outcome === "unchanged" ? [] : [hawserIn(desk)("status")],
    ...(error !== undefined && { error: error.report() }),
  });
};

const reasonOf = ({ control }: Desk, thrown: unknown): unknown =>
  control.signal.aborted && !HawserError.is(thrown, "HWS_RUN_CANCELLED") ? control.signal.reason : thrown;

const suspectsOf = async (desk: Desk, { instance }: ReconcileRequest): Promise<Suspects> => {
  if (instance === undefined) return () => true;
  const context = desk.reporter.operation(desk.control.signal, "inventory");
  const listed = await desk.providers.inventory.list(context);
  if (!listed.some(({ id }) => id === instance)) throw reconcileErrors.HWS_RECONCILE_NOBODY([instance]);
  return ({ id }) => id === instance;
};

/** The lease of one turn: taken when there is something to do, freed with the turn. */
class TurnLease implements AsyncDisposable {
  readonly #desk: Desk;
  #held: HeldLock | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Somebody who watches has it: `HWS_LOCK_BUSY`. */
  async take(): Promise<HeldLock> {
    const { stores, reporter, control } = this.#desk;
    this.#held = await stores.lease.acquire(
      { verb: "reconcile", waitMs: 0 },
      reporter.operation(control.signal, "lease"),
    );
    return this.#held;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { reporter } = this.#desk;
    const limit = reporter.operation(AbortSignal.timeout(3_000), "lease");
    await this.#held?.release(limit).catch((error) => reporter.warnError(error, { step: "lease" }));
  }
}
