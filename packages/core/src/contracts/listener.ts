import type { OperationContext, Provider } from "./common.ts";
import type { RunEvent } from "./events.ts";
import type { Moment } from "./moment.ts";

/** What an event is about, as far as it is known when the event comes. */
export interface EventSubject {
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  readonly verb: string;
  readonly run: string | null;
  readonly release: string | null;
  /** The release that was desired before. */
  readonly from: string | null;
  readonly revision: string | null;
  /** Who runs this deployer. */
  readonly who: { readonly user: string; readonly host: string };
  /** A link to the CI job. */
  readonly ci?: string;
}

export interface ListenerContext extends OperationContext {
  /** What the event means; none for most. */
  readonly moments: readonly Moment[];
  readonly subject: EventSubject;
}

/** What `on` of a config may name. */
export type Heard = RunEvent["type"] | Moment;

/**
 * Hears what a run does. It cannot break or delay one.
 * - Events come one after the other, in their order, redacted. The next one comes when `on` has ended.
 * - `on` stops soon when its signal is aborted: at its limit of 5 s, or when the engine is disposed.
 * - What it throws is told once as a warning of the run; the events behind it come all the same.
 * - A listener that is slow misses events that are no moment; it is told once that it did.
 * - It writes nothing to standard output and keeps no process alive: who does not dispose an engine still ends.
 */
export interface Listener extends Provider {
  on(event: RunEvent, context: ListenerContext): Promise<void> | void;
}
