import type { HawserError, Instance } from "@hawser/core/plugin";
import type { Move } from "./moves.ts";
import type { ServerState, Servers } from "./server-state.ts";

/** What stands for one instance at one HAProxy, and how it comes and goes there. */
export interface Place {
  /** The HAProxy, for messages. */
  readonly socket: string;
  readonly backend: string;
  /** The instance's name at HAProxy, for messages. */
  readonly name: string;
  /** The servers that stand for the instance. More than one only after two deployers brought it in at once. */
  find(servers: Servers): readonly ServerState[];
  /** What makes a server stand for the instance where none does. */
  enter(servers: Servers): Move;
  /** What makes a server in maintenance stand for it no longer; `done` where it stays in maintenance for good. */
  leave(server: ServerState): Move;
}

/** How a backend's servers stand for instances. */
export interface Roster {
  placeOf(instance: Instance, socket: string): Place;
  /** What of the backend does not serve this way, for `check`. */
  faults(servers: Servers, socket: string): readonly HawserError[];
}
