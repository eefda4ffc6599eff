import { startAwsEntry } from "./aws-entry.ts";
import type { AwsValue } from "./aws-query.ts";
import { AwsTarget, type HealthCheckSetup, type TargetPlace } from "./aws-target.ts";
import type { Listening } from "./listening.ts";

export interface AwsClassicSetup {
  readonly name: string;
  /** The instances' port, which the listener names. */
  readonly port: number;
  /** Connection draining; 0 is off. Default 1. */
  readonly drainSeconds?: number;
}

const check: HealthCheckSetup = { path: "/health", intervalMs: 50, timeoutMs: 2_000, threshold: 2 };

/**
 * A classic load balancer with an entry that carries HTTP to its healthy instances. A deregistered instance is in service
 * and says that its deregistration is in progress as long as requests are open, at most for the limit, which cuts them.
 */
export class AwsClassic implements AsyncDisposable {
  readonly setup: AwsClassicSetup;
  readonly #instances = new Map<string, AwsTarget>();
  /** Deregistered a while ago: still known by name. */
  readonly #left = new Set<string>();
  #entry: Listening | undefined;

  private constructor(setup: AwsClassicSetup) {
    this.setup = setup;
  }

  static async start(setup: AwsClassicSetup): Promise<AwsClassic> {
    const classic = new AwsClassic(setup);
    classic.#entry = await startAwsEntry(
      () => [...classic.#instances.values()],
      () => classic.#settle(),
    );
    return classic;
  }

  /** The port of the entry on loopback. */
  get port(): number {
    return this.#entry?.port ?? 0;
  }

  register(id: string, place: TargetPlace): void {
    this.#left.delete(id);
    const known = this.#instances.get(id);
    if (known !== undefined) known.keep();
    else this.#instances.set(id, new AwsTarget(place, check));
  }

  deregister(id: string): void {
    const delayMs = (this.setup.drainSeconds ?? 1) * 1000;
    this.#instances.get(id)?.drain(delayMs, () => this.#leave(id));
    this.#settle();
  }

  /** Who drains and serves nothing has left. */
  #settle(): void {
    for (const [id, target] of this.#instances)
      if (target.isDraining && target.open.size === 0) {
        target.stop();
        this.#leave(id);
      }
  }

  #leave(id: string): void {
    this.#instances.delete(id);
    this.#left.add(id);
  }

  knows(id: string): boolean {
    return this.#instances.has(id) || this.#left.has(id);
  }

  get ids(): readonly string[] {
    return [...this.#instances.keys()];
  }

  /** How many instances take requests. */
  get healthy(): number {
    return [...this.#instances.values()].filter((target) => target.takesRequests).length;
  }

  describeHealth(id: string): AwsValue {
    const shown = (State: string, ReasonCode: string, Description: string) => ({
      InstanceId: id,
      State,
      ReasonCode,
      Description,
    });
    const target = this.#instances.get(id);
    if (target === undefined)
      return shown("OutOfService", "Instance", "Instance is not currently registered with the LoadBalancer.");
    if (target.isDraining) return shown("InService", "N/A", "Instance deregistration currently in progress.");
    if (target.health === "healthy") return shown("InService", "N/A", "N/A");
    if (target.health === "initial")
      return shown("OutOfService", "ELB", "Instance registration is still in progress.");
    return shown(
      "OutOfService",
      "Instance",
      "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const target of this.#instances.values()) target.stop();
    await this.#entry?.[Symbol.asyncDispose]();
  }
}
