import type { OperationContext, Provider } from "./common.ts";
import type { Instance } from "./inventory.ts";

/** Whether a member takes new requests: `draining` only ends those that it has, `absent` is not known at all. */
export type MemberState = "in" | "draining" | "out" | "absent";

/** One instance as the load balancer sees it. */
export interface Member {
  readonly instance: string;
  readonly state: MemberState;
  /** What the load balancer's own health check says. */
  readonly healthy: "yes" | "no" | "unknown";
}

/** Where traffic comes from. Core filters instances by role before it asks. */
export interface LoadBalancer extends Provider {
  /**
   * One member for every instance asked for, in the same order; an instance it does not know is `absent`.
   * A member is in the worst of its states when several load balancers carry it.
   */
  states(
    request: { readonly instances: readonly Instance[] },
    context: OperationContext,
  ): Promise<readonly Member[]>;
  /**
   * Brings one member to a state and returns when the load balancer itself shows it.
   * - Level-based and idempotent: asking twice changes nothing the second time.
   * - `in`: takes new requests and is healthy as the load balancer sees it.
   * - `out`: takes no new request and serves none any more; waits for open ones up to `drainTimeoutMs`, then is
   *   `HWS_LB_DRAIN_TIMEOUT` with `onDrainTimeout: "abort"` and cuts them with `"force"`.
   * - `absent`: works for a machine that no longer exists, and for one it never knew.
   */
  ensure(request: EnsureRequest, context: OperationContext): Promise<Member>;
}

export interface EnsureRequest {
  readonly instance: Instance;
  readonly state: "in" | "out" | "absent";
  readonly drainTimeoutMs: number;
  readonly onDrainTimeout: "force" | "abort";
}
