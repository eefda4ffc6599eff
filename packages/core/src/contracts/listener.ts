import type { OperationContext, Provider } from "./common.ts";
import type { RunEvent } from "./events.ts";

/** Hears what a run does. It cannot break or delay one: what it throws becomes a warning. */
export interface Listener extends Provider {
  on(event: RunEvent, context: OperationContext): Promise<void> | void;
}
