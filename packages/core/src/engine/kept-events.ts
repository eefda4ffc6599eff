import type { RunEvent } from "../contracts/events.ts";
import type { Storage } from "../contracts/storage.ts";
import { isKept, type KeptEvent } from "../state/event-shapes.ts";
import { RunEvents, type RunEventsPlace } from "../state/run-events.ts";
import type { LockedDesk } from "./operation.ts";

/** How many events wait for the run that they belong to: what is told before it begins is little. */
const earlyLimit = 200;

/** How long the last of them may hold up the end of an operation. */
const closeLimitMs = 5_000;

/** Hears what an operation tells, and keeps it in storage with the run that it belongs to. Able to fail or delay none. */
export class KeptEvents implements AsyncDisposable {
  readonly #failed: (run: string, error: unknown) => void;
  #early: KeptEvent[] = [];
  #start: KeptEvent | undefined;
  #kept: { readonly run: string; readonly events: RunEvents } | undefined;
  readonly #before: Promise<void>[] = [];
  #closed: Promise<unknown> | undefined;

  /** `failed` is told when the last events of a run could not be stored. */
  constructor(failed: (run: string, error: unknown) => void) {
    this.#failed = failed;
  }

  hear(event: RunEvent): void {
    if (!isKept(event)) return;
    if (event.type === "start") this.#start = event;
    if (this.#kept !== undefined) this.#kept.events.add(event);
    else if (this.#early.length < earlyLimit) this.#early.push(event);
  }

  /**
   * From now on what is told belongs to this run; what was told so far as well, unless another run has it: a deploy that first
   * puts an open run back begins its own behind that.
   */
  keep(storage: Storage, place: RunEventsPlace, epoch: number): void {
    const { run } = place;
    if (this.#kept?.run === run) return;
    const events = new RunEvents(storage, place, epoch);
    const before = this.#kept === undefined ? this.#early : [this.#start];
    for (const event of before) if (event !== undefined) events.add(event);
    this.#early = [];
    if (this.#kept !== undefined) this.#before.push(this.#end(closeLimitMs));
    this.#kept = { run, events };
  }

  /** Stores the rest. A limit that is over, or a failure, is told and no more. May be called twice. */
  async close(limitMs: number = closeLimitMs): Promise<void> {
    this.#closed ??= Promise.all([...this.#before, this.#end(limitMs)]);
    await this.#closed;
  }

  async #end(limitMs: number): Promise<void> {
    const kept = this.#kept;
    await kept?.events.close(limitMs).catch((error) => this.#failed(kept.run, error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** From now on what is told is kept with this run. Stands before the first word on it. */
export const keepEventsOf = (desk: LockedDesk, run: string): void => {
  const { application, environment } = desk.stores;
  desk.kept.keep(desk.providers.storage, { application, environment, run }, desk.lock.epoch);
};
