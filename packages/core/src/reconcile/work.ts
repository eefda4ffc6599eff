import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { Heartbeats } from "../fleet/lifecycle.ts";
import type { FleetMember } from "../fleet/member.ts";
import { surveyProblems } from "../fleet/preflight.ts";
import { shareOf } from "../fleet/share.ts";
import type { Account } from "./account.ts";
import type { Mending } from "./mending.ts";
import { isNewcomer } from "./need.ts";
import type { Mend } from "./sight.ts";

/** From here on a turn begins no further instance: whoever waits for the lock has it soon, and the next turn goes on. */
const turnMs = 60_000;

/** Codes that say that somebody else was faster: nothing is wrong with the instance. */
const overtaken: ReadonlySet<string> = new Set([
  "HWS_RECONCILE_LEFT",
  "HWS_RECONCILE_MOVED",
  "HWS_HOST_FENCED",
]);

/**
 * Mends instances, first those that add to the fleet, then those that have to be taken out for it, at most
 * `maxUnavailable` of them at once. One that fails is told of and left; the others go on.
 */
export const mendAll = async (mending: Mending, mends: readonly Mend[], account: Account): Promise<void> => {
  const { operation } = mending;
  using heartbeats = new Heartbeats(operation);
  await heartbeats.beat();
  const { rollout } = operation.desk.config;
  const adding = mends.filter(({ member, need }) => need !== "update" || isNewcomer(member));
  const taking = mends.filter((mend) => !adding.includes(mend));
  const limit = shareOf(rollout.maxUnavailable, operation.fleet.members.length, 1);
  const until = performance.now() + turnMs;
  await mendSome(mending, adding, account, until, undefined);
  await mendSome(mending, taking, account, until, limit);
};

const mendSome = async (
  mending: Mending,
  mends: readonly Mend[],
  account: Account,
  until: number,
  limit: number | undefined,
): Promise<void> => {
  const { operation } = mending;
  const byMember = new Map(mends.map((mend) => [mend.member, mend]));
  const work = async (member: FleetMember): Promise<void> => {
    const mend = byMember.get(member);
    if (mend === undefined) return;
    operation.control.checkpoint();
    if (performance.now() > until) {
      account.more = true;
      return;
    }
    refuseUnfit(mending, member);
    await mending.mend(mend);
    account.mended.set(member.id, mend.need);
  };
  await operation.fleet
    .each([...byMember.keys()], work, operation.context("reconcile"), limit === undefined ? {} : { limit })
    .catch((error) => {
      operation.signal.throwIfAborted();
      operation.control.checkpoint();
      return takeFailures(asHawserError(error), account);
    });
};

const takeFailures = (first: HawserError, account: Account): void => {
  for (const failure of [first, ...first.suppressed.map(asHawserError)]) {
    const { instance } = failure;
    if (instance === undefined || isLoss(failure)) throw failure;
    if (overtaken.has(failure.code)) account.overtaken.push(instance);
    else account.failed.set(instance, failure);
  }
};

/** Codes after which this process may change nothing any more. */
const losses: ReadonlySet<string> = new Set([
  "HWS_LOCK_SILENT",
  "HWS_LOCK_FENCED",
  "HWS_STATE_FENCED",
  "HWS_STORAGE_SILENT",
  "HWS_RUN_STOPPED",
  "HWS_RUN_CANCELLED",
]);

export const isLoss = ({ code }: HawserError): boolean => losses.has(code);

/** An instance on which a deploy would not begin is not begun on either. */
const refuseUnfit = ({ operation, shipment }: Mending, member: FleetMember): void => {
  const { trust } = operation.stores.signatures;
  const problems = surveyProblems([member], operation.plan, shipment.record, Date.now() / 1000, trust);
  const fatal = problems.filter(({ severity }) => severity === "error");
  if (fatal.length === 0) return;
  throw engineErrors.HWS_FLEET_PREFLIGHT([fatal.length, [member.id]], {
    details: { problems: fatal },
    output: fatal.map(({ code, message }) => `${message} (${code})`).join("\n"),
  });
};
