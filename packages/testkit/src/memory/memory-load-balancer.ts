import { setTimeout as sleep } from "node:timers/promises";
import {
  defineErrors,
  type EnsureRequest,
  type Instance,
  type LoadBalancer,
  type Makers,
  type Member,
  type OperationContext,
} from "@hawser/core/plugin";

const catalogue = {
  HWS_LB_DRAIN_TIMEOUT: {
    message: (instance: string, limitMs: number): string => `${instance} still serves after ${limitMs} ms`,
    hint: "it takes no new request and stays so",
  },
};
const errors: Makers<typeof catalogue> = defineErrors(catalogue);

/** A request that a member serves until it is ended or cut. */
export interface OpenRequest {
  readonly instance: string;
  /** Resolves when the request is over. */
  readonly over: Promise<"ended" | "cut">;
  end(): void;
}

interface Place {
  admitted: boolean;
  healthy: Member["healthy"];
  readonly open: Set<(how: "ended" | "cut") => void>;
}

const pollMs = 5;

/** A load balancer in memory, which carries requests of its own so that draining can be seen. */
export class MemoryLoadBalancer implements LoadBalancer {
  readonly #places = new Map<string, Place>();
  #turn = 0;

  constructor(members: readonly string[] = []) {
    for (const member of members)
      this.#places.set(member, { admitted: true, healthy: "yes", open: new Set() });
  }

  /** Carries a new request to the next member that is in and not unhealthy; undefined when there is none. */
  request(): OpenRequest | undefined {
    const able = [...this.#places].filter(([, place]) => place.admitted && place.healthy !== "no");
    const chosen = able[this.#turn++ % Math.max(able.length, 1)];
    if (!chosen) return undefined;
    const [instance, place] = chosen;
    let settle: (how: "ended" | "cut") => void = () => {};
    const over = new Promise<"ended" | "cut">((resolve) => {
      settle = (how) => {
        place.open.delete(settle);
        resolve(how);
      };
    });
    place.open.add(settle);
    return { instance, over, end: () => settle("ended") };
  }

  /** Sets what its health check says of a member. */
  setHealth(instance: string, healthy: Member["healthy"]): void {
    const place = this.#places.get(instance);
    if (place) place.healthy = healthy;
  }

  async states(request: { readonly instances: readonly Instance[] }): Promise<readonly Member[]> {
    return request.instances.map((instance) => this.#memberOf(instance.id));
  }

  async ensure(request: EnsureRequest, context: OperationContext): Promise<Member> {
    context.signal.throwIfAborted();
    const { id } = request.instance;
    if (request.state === "in") await this.#admit(id, context.signal);
    else await this.#drain(request, context.signal);
    if (request.state === "absent") this.#places.delete(id);
    return this.#memberOf(id);
  }

  async #admit(id: string, signal: AbortSignal): Promise<void> {
    const place = this.#places.get(id) ?? { admitted: true, healthy: "yes" as const, open: new Set() };
    this.#places.set(id, place);
    place.admitted = true;
    while (place.healthy === "no") await sleep(pollMs, undefined, { signal });
  }

  async #drain(request: EnsureRequest, signal: AbortSignal): Promise<void> {
    const place = this.#places.get(request.instance.id);
    if (!place) return;
    place.admitted = false;
    const end = performance.now() + request.drainTimeoutMs;
    while (place.open.size > 0 && performance.now() < end) await sleep(pollMs, undefined, { signal });
    if (place.open.size === 0) return;
    if (request.onDrainTimeout === "abort") {
      throw errors.HWS_LB_DRAIN_TIMEOUT([request.instance.id, request.drainTimeoutMs]);
    }
    for (const settle of [...place.open]) settle("cut");
  }

  #memberOf(id: string): Member {
    const place = this.#places.get(id);
    if (!place) return { instance: id, state: "absent", healthy: "unknown" };
    if (place.admitted) return { instance: id, state: "in", healthy: place.healthy };
    return { instance: id, state: place.open.size > 0 ? "draining" : "out", healthy: place.healthy };
  }
}
