import type { Manifest } from "../artifact/manifest.ts";
import type { OperationContext, Problem } from "../contracts/common.ts";
import type { Revision } from "../contracts/source.ts";
import type { Operation } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { DrainGate } from "../fleet/drain-gate.ts";
import { giveUp, leave } from "../fleet/leave.ts";
import type { LeftRelease } from "../fleet/left-release.ts";
import type { FleetMember } from "../fleet/member.ts";
import type { Retention } from "../fleet/retention.ts";
import type { Running } from "../fleet/running.ts";
import { Shipment } from "../fleet/shipment.ts";
import type { SwitchTarget } from "../fleet/switch.ts";
import type { StoredRelease } from "../state/releases.ts";
import type { Consent } from "./consent.ts";
import { runsRelease, type Shipping } from "./shipping.ts";
import type { Packed, Workshop } from "./source-steps.ts";

/** What the built-in steps of one deploy or rollback share beside the facts that they hand on. */
export class Flow implements Shipping {
  readonly operation: Operation;
  readonly workshop: Workshop;
  readonly request: FlowRequest;
  /** Known before the first step when the run goes on with, or rolls back to, a stored release. */
  shipment: Shipment | undefined;
  packed: Packed | undefined;
  /** The manifest of the release in service, for times and differences. */
  previous: Manifest | undefined;
  retention: Retention | undefined;
  /** Of a rollback: whose `rollback` commands run first. */
  readonly leaving: LeftRelease | undefined;
  readonly gate: DrainGate;
  /** Set when the first wave begins: from here instances may have been drained or switched. */
  waving = false;
  /** What the providers' own checks found, gathered with the survey. */
  readonly problems: Problem[] = [];
  /** Lists, opens and surveys the fleet: begun with the run, awaited by the step `survey`. */
  readonly surveyed: () => Promise<void>;

  constructor(parts: {
    operation: Operation;
    workshop: Workshop;
    request: FlowRequest;
    shipment?: Shipment | undefined;
    leaving?: LeftRelease | undefined;
    surveyed: () => Promise<void>;
  }) {
    this.operation = parts.operation;
    this.workshop = parts.workshop;
    this.request = parts.request;
    this.shipment = parts.shipment;
    this.leaving = parts.leaving;
    this.surveyed = parts.surveyed;
    this.gate = new DrainGate(parts.operation);
  }

  /** The release on its way; steps before `store` have none. */
  get shipped(): Shipment {
    if (this.shipment === undefined) throw engineErrors.HWS_STEP_NEEDS(["stage", "release"]);
    return this.shipment;
  }

  get target(): SwitchTarget {
    const { release, revision, plan } = this.running;
    return { current: release, revision, plan };
  }

  /** The same as what an instance runs that was switched. */
  get running(): Running {
    const { record } = this.shipped;
    return { release: record.id, revision: record.revision.id, plan: this.operation.plan };
  }

  /** Takes the instance away from what it runs; a rollback gives up the release that it leaves. */
  async leave(member: FleetMember): Promise<void> {
    if (this.request.verb === "rollback") await giveUp(this.operation, member, this.target, this.leaving);
    else await leave(this.operation, member, this.target);
  }

  /** True when the instance already runs the release: it is neither drained nor switched again. */
  runs(member: FleetMember): boolean {
    return runsRelease(member, this.shipped.id);
  }

  /**
   * True when it ran the release before anything was switched. One that was switched by this run, and whose session was
   * lost then, still needs its `activate` commands: those that ended are not run again.
   */
  ranBefore(member: FleetMember): boolean {
    return this.runs(member) && member.before?.current === this.shipped.id;
  }
}

export interface FlowRequest extends Consent {
  readonly verb: "deploy" | "rollback";
  readonly ref?: string | undefined;
  readonly revision?: Revision | undefined;
  readonly rebuild?: boolean | undefined;
  /** What the artifact must be: it was looked at. */
  readonly artifact?: string | undefined;
  readonly message?: string | undefined;
  readonly adopt?: boolean | undefined;
}

/** Opens a stored release for shipping. */
export const openShipment = async (
  operation: Pick<Operation, "stores">,
  artifacts: string,
  id: string,
  context: OperationContext,
): Promise<Shipment> => {
  const { releases } = operation.stores;
  const found = await releases.get(id, context);
  if (found === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([id]);
  return shipmentOf(operation, artifacts, found);
};

/** A manifest that is not at hand is read from storage when something needs it. */
export const shipmentOf = (
  operation: Pick<Operation, "stores">,
  artifacts: string,
  { record, bytes }: StoredRelease,
  manifest?: Manifest,
): Shipment =>
  new Shipment({
    record,
    recordBytes: bytes,
    manifest,
    releases: operation.stores.releases,
    directory: artifacts,
  });
