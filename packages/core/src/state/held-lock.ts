import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { wideController } from "../process/wide-controller.ts";
import { describeHolder, type LockState, parseLock, renderLock } from "./lock-state.ts";
import { freshNonce, type StoredObject, swap } from "./object.ts";

export interface ConfirmOptions {
  /** Told once a silence when storage does not answer: since when, and when it gives up, milliseconds since 1970. */
  onPause?(since: number, until: number): void;
  /** Told when a silence that was told is over. */
  onAnswer?(): void;
  readonly giveUpMs: number;
}

/** What lets an operation change something: an epoch that instances obey, and a proof that it still counts. */
export interface Tenure {
  readonly epoch: number;
  /** Aborted, with the reason, when another owner was seen or a watched silence is too long. */
  readonly lost: AbortSignal;
  /**
   * From now on a silence is told also while nobody confirms: a call that storage does not answer waits between two
   * effects. After `giveUpMs` of silence `lost` is aborted with `HWS_LOCK_SILENT`.
   */
  watch(options: ConfirmOptions): void;
  /** Carried by the next beat; a run's id is so much asked for that its beat comes at once. */
  update(now: { readonly run?: string; readonly phase?: string }): void;
  /**
   * To be called before every effect. Returns at once when a beat was confirmed within half the ttl, by the monotonic
   * and by the wall clock (one of them stands still while a machine sleeps). Else it waits for a beat.
   * - `HWS_LOCK_FENCED`: another has the lock.
   * - `HWS_LOCK_SILENT`: storage did not answer for `giveUpMs`.
   */
  confirm(context: OperationContext, options: ConfirmOptions): Promise<void>;
}

/** A lock that this process holds. It beats every quarter of its ttl, on a timer that keeps no process alive. */
export interface HeldLock extends Tenure {
  readonly id: string;
  /** What the lock object said before it was taken; names the last run. */
  readonly before: LockState | undefined;
  /** Frees the lock. A lock that was lost is left alone. May be called twice. */
  release(context: OperationContext): Promise<void>;
}

/** What `Lock.acquire` hands over to the turn it made. */
export interface Turn {
  readonly storage: Storage;
  readonly key: string;
  readonly state: LockState;
  readonly etag: string;
  readonly before: LockState | undefined;
  /** When the write that took it began, by both clocks. */
  readonly began: Instant;
  readonly context: OperationContext;
}

export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export const instant = (): Instant => ({ monotonic: performance.now(), wall: Date.now() });

export class Holding implements HeldLock {
  readonly epoch: number;
  readonly id: string;
  readonly before: LockState | undefined;
  readonly lost: AbortSignal;
  readonly #turn: Turn;
  readonly #losing = wideController();
  readonly #timer: NodeJS.Timeout;
  #state: LockState;
  #etag: string;
  #confirmed: Instant;
  #beating: Promise<void> | undefined;
  #freed: Promise<void> | undefined;
  #watched: ConfirmOptions | undefined;
  #told = false;

  constructor(turn: Turn) {
    this.#turn = turn;
    this.#state = turn.state;
    this.#etag = turn.etag;
    this.#confirmed = turn.began;
    this.epoch = turn.state.epoch;
    this.id = turn.state.id;
    this.before = turn.before;
    this.lost = this.#losing.signal;
    this.#timer = setInterval(() => void this.#beat().then(() => this.#noteSilence()), turn.state.ttlMs / 4);
    this.#timer.unref();
  }

  watch(options: ConfirmOptions): void {
    this.#watched = options;
  }

  update(now: { readonly run?: string; readonly phase?: string }): void {
    this.#state = { ...this.#state, ...now };
    if (now.run !== undefined) void this.#beat();
  }

  async confirm(context: OperationContext, options: ConfirmOptions): Promise<void> {
    const began = performance.now();
    let paused = false;
    for (;;) {
      context.signal.throwIfAborted();
      this.lost.throwIfAborted();
      if (this.#isFresh()) {
        if (paused) options.onAnswer?.();
        return;
      }
      const waited = performance.now() - began;
      if (waited > options.giveUpMs) throw stateErrors.HWS_LOCK_SILENT([Math.round(this.#silentMs() / 1000)]);
      await this.#beatOrAbort(context.signal);
      if (this.#isFresh() || this.lost.aborted || context.signal.aborted) continue;
      if (!paused) options.onPause?.(Date.now() - this.#silentMs(), Date.now() + options.giveUpMs - waited);
      paused = true;
      await sleep(Math.min(1_000, this.#state.ttlMs / 20), undefined, { signal: context.signal });
    }
  }

  release(context: OperationContext): Promise<void> {
    this.#freed ??= this.#free(context);
    return this.#freed;
  }

  #isFresh(): boolean {
    return this.#silentMs() < this.#state.ttlMs / 2;
  }

  #silentMs(): number {
    const now = instant();
    return Math.max(now.monotonic - this.#confirmed.monotonic, now.wall - this.#confirmed.wall);
  }

  #noteSilence(): void {
    if (this.#watched === undefined || this.#freed !== undefined || this.lost.aborted) return;
    const silentMs = this.#silentMs();
    const { giveUpMs, onPause, onAnswer } = this.#watched;
    const wasTold = this.#told;
    this.#told = !this.#isFresh();
    if (this.#told && !wasTold) onPause?.(Date.now() - silentMs, Date.now() + giveUpMs - silentMs);
    if (wasTold && !this.#told) onAnswer?.();
    if (silentMs <= giveUpMs) return;
    clearInterval(this.#timer);
    this.#losing.abort(stateErrors.HWS_LOCK_SILENT([Math.round(silentMs / 1000)]));
  }

  /** Never rejects: silence is seen by its length, loss by the signal. */
  #beat(): Promise<void> {
    this.#beating ??= this.#sendBeat()
      .catch((error: unknown) =>
        this.#turn.context.logger.debug("the lock's beat failed", { error: String(error) }),
      )
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  async #beatOrAbort(signal: AbortSignal): Promise<void> {
    let stop: () => void = () => undefined;
    const aborted = new Promise<void>((resolve) => {
      stop = resolve;
      signal.addEventListener("abort", stop, { once: true });
    });
    await Promise.race([this.#beat(), aborted]);
    signal.removeEventListener("abort", stop);
  }

  async #sendBeat(): Promise<void> {
    const limit = AbortSignal.timeout(Math.max(1_000, this.#state.ttlMs / 4));
    const context = { ...this.#turn.context, signal: limit };
    const began = instant();
    await this.#write((state) => ({ ...state, beat: state.beat + 1, updated: Date.now() }), context);
    if (!this.lost.aborted) this.#confirmed = began;
  }

  async #free(context: OperationContext): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    if (!this.lost.aborted) await this.#write((state) => ({ ...state, state: "free" }), context);
  }

  /** Writes the next state. A late write of one's own, which moved the etag, is taken in and written over. */
  async #write(next: (state: LockState) => LockState, context: OperationContext): Promise<void> {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { storage, key } = this.#turn;
      const bytes = renderLock({ ...next(this.#state), nonce: freshNonce() });
      const swapped = await swap(storage, { key, bytes, expected: this.#etag }, context);
      if (swapped.won) {
        this.#etag = swapped.etag;
        this.#state = { ...this.#state, beat: this.#state.beat + 1 };
        return;
      }
      const found = swapped.found;
      if (!this.#isMine(found)) return this.#lose(found);
      this.#etag = found.etag;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#turn.key]);
  }

  #isMine(found: StoredObject | undefined): found is StoredObject {
    if (found === undefined) return false;
    const state = parseLock(found.bytes, this.#turn.key);
    return state.state === "held" && state.id === this.id && state.epoch === this.epoch;
  }

  #lose(found: StoredObject | undefined): void {
    clearInterval(this.#timer);
    const what =
      found === undefined ? "its object was deleted" : this.#tellLoss(parseLock(found.bytes, this.#turn.key));
    this.#losing.abort(stateErrors.HWS_LOCK_FENCED([what]));
  }

  #tellLoss(state: LockState): string {
    return state.state === "free" ? "somebody unlocked it" : `it was taken over by ${describeHolder(state)}`;
  }
}
