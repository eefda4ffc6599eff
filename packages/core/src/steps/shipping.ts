import type { Operation } from "../engine/operation.ts";
import type { FleetMember } from "../fleet/member.ts";
import { type Retention, retentionOf } from "../fleet/retention.ts";
import type { Shipment } from "../fleet/shipment.ts";

/** A release on its way to the instances of an operation. */
export interface Shipping {
  readonly operation: Operation;
  /** Undefined while it is being made. */
  readonly shipment: Shipment | undefined;
  /** The same; steps that need it come after it was made. */
  readonly shipped: Shipment;
  /** What stays on the instances while it comes. */
  readonly retention: Retention | undefined;
  /** True when the instance already runs the release: it is neither drained nor switched again. */
  runs(member: FleetMember): boolean;
}

/** Whether an instance has the release as its current one, installed and whole. */
export const runsRelease = ({ survey }: FleetMember, release: string): boolean =>
  survey?.current.release === release &&
  survey.releases.find(({ id }) => id === release)?.state === "installed";

/** What stays on the instances beside the release that comes and the one that was desired. */
export const retentionFor = async ({
  operation,
  shipment,
}: Pick<Shipping, "operation" | "shipment">): Promise<Retention> => {
  const also = [operation.from, shipment?.id];
  return await retentionOf(operation.desk, operation.fleet.members, also, operation.context("survey"));
};
