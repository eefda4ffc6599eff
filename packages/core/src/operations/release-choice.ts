import type { DeployRequest, RollbackRequest } from "../contracts/engine.ts";
import type { Revision } from "../contracts/source.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Shipment } from "../fleet/shipment.ts";
import { refuseBad } from "../steps/bad-release.ts";
import { openShipment } from "../steps/flow.ts";
import { resolve } from "../steps/source-steps.ts";
import { artifactsDirectory } from "./workplace.ts";

/** What a deploy was asked to ship: a stored release, or the state of the source that a ref names now. */
export const releaseToDeploy = async (
  desk: Desk,
  request: DeployRequest,
): Promise<{ shipment?: Shipment; revision?: Revision }> => {
  const context = desk.reporter.operation(desk.control.signal, "resolve");
  if (request.release === undefined) return { revision: await resolve(desk, request.ref, context) };
  await refuseBad(desk, request.release, request.allowBad === true);
  return { shipment: await openShipment(desk, artifactsDirectory(desk), request.release, context) };
};

/** The release that a rollback goes to: the one named, or the last that was proved good before the current one. */
export const releaseToReturnTo = async (
  desk: Desk,
  request: RollbackRequest,
  current: string | null,
): Promise<string> => {
  if (request.to !== undefined) {
    await refuseBad(desk, request.to, request.allowBad === true);
    return request.to;
  }
  const marks = await desk.stores.marks.list(desk.reporter.operation(desk.control.signal, "marks"));
  const candidates = [...marks]
    .filter(
      ([id, mark]) => mark.good !== undefined && mark.bad === undefined && (current === null || id < current),
    )
    .map(([id]) => id)
    .sort();
  const target = candidates.at(-1);
  if (target === undefined) throw engineErrors.HWS_ROLLBACK_NO_TARGET([]);
  return target;
};
