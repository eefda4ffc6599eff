import type { NormalConfig } from "../config/types.ts";
import { RunControl } from "../engine/control.ts";
import type { OpenedDesk } from "../engine/desk.ts";
import type { HeldLock, LockState } from "../state/lock.ts";

/** A wait for the lease has no end of its own: who stands by does so until it is told to end. */
const standByMs = 1e12;

const placeOf = ({ application, environment, storage }: NormalConfig): string =>
  JSON.stringify([application, environment, storage.specifier, storage.options]);

interface Kept {
  readonly place: string;
  readonly opened: OpenedDesk;
  readonly held: HeldLock;
}

/** The lease of a watch over all its turns, with a storage of its own: desks come and go, beats do not. */
export class LeaseKeeper implements AsyncDisposable {
  readonly #open: (config: NormalConfig, control: RunControl) => Promise<OpenedDesk>;
  readonly #standsBy: (holder: LockState) => void;
  readonly #control = new RunControl();
  #kept: Kept | undefined;

  constructor(
    open: (config: NormalConfig, control: RunControl) => Promise<OpenedDesk>,
    standsBy: (holder: LockState) => void,
  ) {
    this.#open = open;
    this.#standsBy = standsBy;
  }

  get isHeld(): boolean {
    return this.#kept !== undefined && !this.#kept.held.lost.aborted;
  }

  /** The lease; stands by while another has it. One that was lost, or lies in another storage now, is taken anew. */
  async take(config: NormalConfig): Promise<HeldLock> {
    const place = placeOf(config);
    if (this.#kept?.place === place && this.isHeld) return this.#kept.held;
    await this.#free();
    const opened = await this.#open(config, this.#control);
    try {
      const { stores, reporter, control } = opened.desk;
      const held = await stores.lease.acquire(
        { verb: "watch", waitMs: standByMs, onWait: (holder) => this.#standsBy(holder) },
        reporter.operation(control.signal, "lease"),
      );
      this.#kept = { place, opened, held };
      return held;
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends a wait for the lease. */
  stop(): void {
    if (this.#kept === undefined) this.#control.cancel("stop");
  }

  async #free(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept === undefined) return;
    const { reporter } = kept.opened.desk;
    const limit = reporter.operation(AbortSignal.timeout(3_000), "lease");
    await kept.held.release(limit).catch(() => undefined);
    await Promise.resolve(kept.opened[Symbol.asyncDispose]()).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#free();
  }
}
