import type { Instance } from "../contracts/inventory.ts";
import type { Operation } from "../engine/operation.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { reconcileErrors } from "../errors/reconcile-codes.ts";
import { DrainGate } from "../fleet/drain-gate.ts";
import { join } from "../fleet/join.ts";
import { leave } from "../fleet/leave.ts";
import { completeStarting } from "../fleet/lifecycle.ts";
import { matchMaintenance } from "../fleet/maintenance.ts";
import type { FleetMember } from "../fleet/member.ts";
import type { Retention } from "../fleet/retention.ts";
import { SharedLook } from "../fleet/shared-look.ts";
import type { Shipment } from "../fleet/shipment.ts";
import { keepOut } from "../fleet/standing.ts";
import { activate, check, drain, type SwitchTarget } from "../fleet/switch.ts";
import { installOn, stageOn } from "../steps/fleet-steps.ts";
import { runsRelease, type Shipping } from "../steps/shipping.ts";
import type { Mend } from "./sight.ts";

/** Brings instances to what is desired, one at a time and each by itself: a failure of one concerns no other. */
export class Mending implements Shipping {
  readonly operation: Operation;
  readonly shipment: Shipment;
  readonly retention: Retention;
  readonly #gate: DrainGate;
  readonly #listed: SharedLook<readonly Instance[]>;
  readonly #isDesired: () => Promise<boolean>;

  /** `isDesired` asks again where no lock keeps what is desired from moving. */
  constructor(parts: {
    operation: Operation;
    shipment: Shipment;
    retention: Retention;
    isDesired?: () => Promise<boolean>;
  }) {
    this.operation = parts.operation;
    this.shipment = parts.shipment;
    this.retention = parts.retention;
    this.#gate = new DrainGate(parts.operation);
    const { fleet } = parts.operation;
    this.#listed = new SharedLook(() => fleet.listed(parts.operation.context("join")));
    this.#isDesired = parts.isDesired ?? (async () => true);
  }

  get shipped(): Shipment {
    return this.shipment;
  }

  get target(): SwitchTarget {
    const { record } = this.shipment;
    return { current: record.id, revision: record.revision.id, plan: this.operation.plan };
  }

  runs(member: FleetMember): boolean {
    return runsRelease(member, this.shipment.id);
  }

  async mend({ member, need }: Mend): Promise<void> {
    if (need === "join") await this.#makeHealthy(member);
    else await this.#switchTo(member);
    await this.#stillDesired(member);
    await this.#stillListed(member);
    await join(this.operation, member);
    // What moved before this instance had joined was seen; what moved since is seen here.
    await this.#stillDesired(member);
    await matchMaintenance(this.operation, member, this.target);
    await completeStarting(this.operation, [member]);
    member.leftOut = false;
    await this.operation.stores.roster.change(
      { joined: [member.instance] },
      this.operation.context("roster", member.id),
    );
  }

  async #switchTo(member: FleetMember): Promise<void> {
    const { operation } = this;
    await stageOn(this, member);
    await installOn(this, member);
    await drain(operation, member, this.#gate);
    await this.#stillDesired(member);
    await keepOut(operation, member);
    await leave(operation, member, this.target);
    await activate(operation, member, this.target);
    await matchMaintenance(operation, member, this.target);
    await check(operation, member, this.target);
  }

  /** One whose `activate` commands were cut off needs them once more; one that is well already does not. */
  async #makeHealthy(member: FleetMember): Promise<void> {
    const { operation, target } = this;
    await matchMaintenance(operation, member, target);
    try {
      await check(operation, member, target);
    } catch (error) {
      if (!HawserError.is(error, "HWS_CHECK_FAILED") || target.plan.activate.length === 0) throw error;
      await activate(operation, member, target);
      await check(operation, member, target);
    }
  }

  /** A machine that was taken away meanwhile joins nothing. */
  async #stillListed({ id }: FleetMember): Promise<void> {
    const listed = await this.#listed.take();
    if (!listed.some((instance) => instance.id === id && instance.lifecycle !== "leaving"))
      throw reconcileErrors.HWS_RECONCILE_LEFT([id]);
  }

  async #stillDesired(member: FleetMember): Promise<void> {
    if (!(await this.#isDesired())) throw reconcileErrors.HWS_RECONCILE_MOVED([member.id]);
  }
}
