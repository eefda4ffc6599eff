import type { DeployRequest, RollbackRequest } from "../contracts/engine-requests.ts";
import type { Revision } from "../contracts/source.ts";
import type { Desk } from "../engine/operation.ts";
import type { OtherEnvironments } from "../engine/other-environments.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Shipment } from "../fleet/shipment.ts";
import { goodReleases } from "../state/marks.ts";
import { byAge } from "../state/retention.ts";
import { refuseWithoutConsent } from "../steps/consent.ts";
import { openShipment } from "../steps/flow.ts";
import { resolve } from "../steps/source-steps.ts";
import { originOf, type Promotion, promote } from "./promotion.ts";
import { artifactsDirectory } from "./workplace.ts";

/** What a deploy was asked to ship: a stored release, or the state of the source that a ref names now. */
export const releaseToDeploy = async (
  desk: Desk,
  request: DeployRequest & { readonly revision?: Revision },
  others: OtherEnvironments,
): Promise<{ shipment?: Shipment; revision?: Revision; promotion?: Promotion }> => {
  const context = desk.reporter.operation(desk.control.signal, "resolve");
  if (request.release === undefined && request.from === undefined)
    return { revision: request.revision ?? (await resolve(desk, request.ref, context)) };
  await using origin = await originOf(desk, others, request, context);
  const release = origin?.release ?? request.release ?? "";
  await refuseWithoutConsent(desk, release, request);
  const promotion = origin && (await promote(desk, origin, request.message, context));
  const shipment = await openShipment(desk, artifactsDirectory(desk), release, context);
  return { shipment, ...(promotion !== undefined && { promotion }) };
};

/** The release that a rollback goes to: the one named, or the last that was proved good before the current one. */
export const releaseToReturnTo = async (
  desk: Desk,
  request: RollbackRequest,
  current: string | null,
): Promise<string> => {
  const target = request.to ?? (await lastGood(desk, current));
  await refuseWithoutConsent(desk, target, request);
  return target;
};

const lastGood = async (desk: Desk, current: string | null): Promise<string> => {
  const marks = await desk.stores.marks.list(desk.reporter.operation(desk.control.signal, "marks"));
  const before = [...goodReleases(marks)].filter((id) => current === null || byAge(id, current) < 0);
  const target = before.sort(byAge).at(-1);
  if (target === undefined) throw engineErrors.HWS_ROLLBACK_NO_TARGET([]);
  return target;
};
