import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { FleetMember } from "./member.ts";

/** An autoscaling service holds it until it is told that it is ready. */
export const isHeld = (member: FleetMember): boolean =>
  member.instance.lifecycle === "starting" && !member.completed;

/**
 * Tells the inventory that instances which were starting are ready: those that are in service now, and those that no load balancer
 * carries. Only once the release is desired, for a run that is put back completes nobody. What fails is a warning: the release
 * is in service, and the next run or `reconcile` tells it again.
 */
export const completeStarting = async (
  operation: Operation,
  members: readonly FleetMember[],
): Promise<void> => {
  const { inventory } = operation.desk.providers;
  if (inventory.complete === undefined) return;
  for (const member of members) {
    if (!isHeld(member) || member.state !== "active" || member.drain !== undefined) continue;
    try {
      await inventory.complete(
        { instance: member.instance, result: "ready" },
        operation.context("complete", member.id),
      );
      member.completed = true;
    } catch (error) {
      operation.signal.throwIfAborted();
      const failure = engineErrors.HWS_FLEET_COMPLETE([member.id, asHawserError(error).message], {
        instance: member.id,
        cause: error,
      });
      operation.reporter.warnError(failure, { step: "complete" });
    }
  }
};

const defaultEveryMs = 30_000;

/** Asks for more time for the instances that a run has in hand and that an autoscaling service holds. */
export class Heartbeats implements Disposable {
  readonly #operation: Operation;
  readonly #timer: NodeJS.Timeout;
  readonly #told = new Set<string>();
  #beating: Promise<void> | undefined;

  constructor(operation: Operation, everyMs: number = defaultEveryMs) {
    this.#operation = operation;
    this.#timer = setInterval(() => this.#beatAside(), everyMs);
    this.#timer.unref();
  }

  /** Asks for all that are held now. What fails is told once for each instance and ends nothing. */
  async beat(): Promise<void> {
    const { desk, fleet } = this.#operation;
    const { inventory } = desk.providers;
    if (inventory.heartbeat === undefined) return;
    await Promise.all(fleet.working.filter(isHeld).map((member) => this.#beatFor(member)));
  }

  async #beatFor(member: FleetMember): Promise<void> {
    const { desk, reporter } = this.#operation;
    try {
      await desk.providers.inventory.heartbeat?.(
        { instance: member.instance },
        this.#operation.context("heartbeat", member.id),
      );
    } catch (error) {
      if (this.#told.has(member.id) || member.completed || this.#operation.signal.aborted) return;
      this.#told.add(member.id);
      const why = asHawserError(error).message;
      reporter.warnError(engineErrors.HWS_FLEET_HEARTBEAT([member.id, why], { instance: member.id }));
    }
  }

  #beatAside(): void {
    this.#beating ??= this.beat().finally(() => {
      this.#beating = undefined;
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
