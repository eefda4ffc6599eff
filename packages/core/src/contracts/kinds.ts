import type { Installer } from "./installer.ts";
import type { Inventory } from "./inventory.ts";
import type { Listener } from "./listener.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Source } from "./source.ts";
import type { Storage } from "./storage.ts";
import type { Transport } from "./transport.ts";

/** The seams by the name of their block in the config. */
export interface Kinds {
  source: Source;
  storage: Storage;
  transport: Transport;
  installer: Installer;
  loadBalancer: LoadBalancer;
  inventory: Inventory;
  listener: Listener;
}

export type Kind = keyof Kinds;

export const kinds: readonly Kind[] = [
  "source",
  "storage",
  "transport",
  "installer",
  "loadBalancer",
  "inventory",
  "listener",
];
