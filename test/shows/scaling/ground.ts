import type { HawserConfig } from "@hawser/core";

/** What a machine is at one moment, seen without Hawser. */
export interface Sample {
  readonly id: string;
  /** The release that `current` names on its disk. */
  readonly release: string | null;
  /** Whether the load balancer sends requests to it. */
  readonly balancer: "in" | "not in";
  /** What the inventory's owner says of it. */
  readonly lifecycle: "starting" | "inService" | "leaving" | "gone";
}

/**
 * Where an application runs: machines that come and go, a list of them, a load balancer with traffic, and central
 * storage. Grounds differ in their blocks of the config and in nothing else that Hawser sees.
 */
export interface Ground extends AsyncDisposable {
  readonly blocks: Required<
    Pick<HawserConfig, "root" | "storage" | "transport" | "inventory" | "loadBalancer">
  >;
  /** Variables that the blocks refer to. */
  readonly env: Readonly<Record<string, string>>;
  /** Where clients ask. */
  readonly url: string;
  /** A new machine without a release runs and is listed. Gives its id. */
  grow(): Promise<string>;
  /** A machine is no longer wanted: it leaves the list as its owner does this, and still serves. */
  shrink(id: string): Promise<void>;
  /** Switches a machine off that was shrunk away; nothing of it is left. */
  switchOff(id: string): Promise<void>;
  /** The folder of a machine's deploy root, as this process sees it. */
  folder(id: string): string;
  /** Every machine that runs. */
  samples(): Promise<readonly Sample[]>;
}

export type OpenGround = (folder: string) => Promise<Ground>;
