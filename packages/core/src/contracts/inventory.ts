import type { OperationContext, Provider } from "./common.ts";

export type Lifecycle = "starting" | "inService" | "leaving";

/** One machine that runs the application. */
export interface Instance {
  /** `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`; unique in its inventory and stable while the machine lives. */
  readonly id: string;
  /** Host name or IP address (grammar of host names; never begins with `-`). */
  readonly address: string;
  /** The port of the transport, when it is not the transport's default. */
  readonly port?: number;
  /** The deploy root on this instance, when it differs from the config's `root`. */
  readonly root?: string;
  /** Default `["web"]`. */
  readonly roles: readonly string[];
  readonly lifecycle: Lifecycle;
  /** Host keys in the form of an OpenSSH public key (`ssh-ed25519 AAAA…`), when the inventory knows them. */
  readonly hostKeys?: readonly string[];
}

/** Who the instances are now. */
export interface Inventory extends Provider {
  /**
   * Lists every instance, whole.
   * - An empty or partial answer is an error, never a short list.
   * - Ids are unique.
   * - Listing twice without a change gives the same instances in the same order.
   */
  list(context: OperationContext): Promise<readonly Instance[]>;
  /** Tells an autoscaling service that an instance that was starting is ready or failed. */
  complete?(
    request: { readonly instance: Instance; readonly result: "ready" | "failed" },
    context: OperationContext,
  ): Promise<void>;
  /** Asks an autoscaling service for more time for a starting instance. */
  heartbeat?(request: { readonly instance: Instance }, context: OperationContext): Promise<void>;
}
