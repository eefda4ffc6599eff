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

/** Plain JSON data that only its inventory reads; the engine keeps it in the run's journal. */
export type Suspension = Readonly<Record<string, unknown>>;

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
  /**
   * What a run would stop the fleet from changing by itself, as plain JSON data; undefined when that is nothing. Changes nothing.
   * What somebody suspended before is not part of it.
   */
  suspendable?(context: OperationContext): Promise<Suspension | undefined>;
  /** Suspends what was recorded. Doing it twice is as once. */
  suspend?(request: { readonly suspension: Suspension }, context: OperationContext): Promise<void>;
  /**
   * Gives back exactly what was recorded, also where it was never suspended.
   * - Doing it twice is as once.
   * - A record that this inventory could not have made is refused, and nothing is changed: it comes from storage.
   */
  restore?(request: { readonly suspension: Suspension }, context: OperationContext): Promise<void>;
}
