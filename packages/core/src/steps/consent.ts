import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { ListedOnce } from "../state/once.ts";
import { byAge } from "../state/retention.ts";

/** What a person allows by a word of their own. */
export interface Consent {
  readonly allowBad?: boolean | undefined;
  readonly allowIncompatible?: boolean | undefined;
}

/** Whether what ran before can no longer run. That a person lets a command start again says that it had no effect. */
export const isCrossing = ({ compatible, settled }: ListedOnce): boolean =>
  compatible === false && settled !== "again";

/**
 * Refuses a stored release that goes into service only by name and consent: one that somebody rolled back from, and one
 * older than a `once` that has made the present one's data its own.
 */
export const refuseWithoutConsent = async (desk: Desk, release: string, consent: Consent): Promise<void> => {
  const context = desk.reporter.operation(desk.control.signal, "marks");
  const bad = (await desk.stores.marks.read(release, context))?.bad;
  if (bad !== undefined && consent.allowBad !== true)
    throw engineErrors.HWS_RELEASE_BAD([release, bad.reason]);
  if (consent.allowIncompatible === true) return;
  const crossed = await crossedOnTheWay(desk, release, context);
  if (crossed.length > 0)
    throw engineErrors.HWS_ONCE_CROSSED([
      `release ${release}`,
      crossed.map(({ name, release: by }) => `${name} of release ${by}`),
    ]);
};

/** What lies between the release in service and an earlier one. */
const crossedOnTheWay = async (
  { stores }: Desk,
  release: string,
  context: OperationContext,
): Promise<readonly ListedOnce[]> => {
  const current = (await stores.desired.read(context))?.state.release;
  if (current === undefined || byAge(release, current) >= 0) return [];
  const onTheWay = (id: string) => byAge(release, id) < 0 && byAge(id, current) <= 0;
  const records = await stores.once.list(context);
  return records.filter((record) => isCrossing(record) && onTheWay(record.release));
};
