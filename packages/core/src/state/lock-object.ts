import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { type HeldLock, Holding, instant } from "./held-lock.ts";
import { busy, describeHolder, type LockState, parseLock, renderLock } from "./lock-state.ts";
import { freshNonce, readObject, swap } from "./object.ts";
import { thisOwner, whereabouts } from "./owner.ts";
import { Silence } from "./silence.ts";

export interface AcquireRequest {
  readonly verb: string;
  readonly run?: string;
  /** How long to wait for a live owner to finish. A dead one is waited out in any case. */
  readonly waitMs: number;
  /** A holder of this verb works in short turns: it is waited for so long, whatever `waitMs` is. */
  readonly turns?: { readonly verb: string; readonly waitMs: number };
  /** Told when waiting begins and when the owner changes; `until`, milliseconds since 1970, is an estimate. */
  onWait?(holder: LockState, until: number): void;
  /** The new epoch is above this too: a storage younger than the fleet is adopted. */
  readonly epochAbove?: number;
}

interface Found {
  readonly state: LockState;
  readonly etag: string;
}

/** One permanent lock object, changed by compare-and-swap only and never deleted. */
export class LockObject {
  readonly #storage: Storage;
  readonly #beats: Storage;
  readonly #key: string;
  readonly #ttlMs: number;

  constructor(storage: Storage, key: string, ttlMs: number, beats: Storage = storage) {
    this.#storage = storage;
    this.#beats = beats;
    this.#key = key;
    this.#ttlMs = ttlMs;
  }

  async read(context: OperationContext): Promise<LockState | undefined> {
    return (await this.#find(context))?.state;
  }

  /**
   * Takes the lock. A live owner is `HWS_LOCK_BUSY` as soon as its beat was seen to move and `waitMs` has passed.
   * A dead owner is replaced at once when that is provable on this machine, else after one and a half of its ttl
   * without a beat, measured on this observer's monotonic clock, whatever `waitMs` is.
   */
  async acquire(request: AcquireRequest, context: OperationContext): Promise<HeldLock> {
    const silence = new Silence();
    const began = performance.now();
    let announced = "";
    for (;;) {
      const found = await this.#find(context);
      if (found === undefined || this.#isTakeable(found.state, silence)) {
        const held = await this.#take(request, found, context);
        if (held !== undefined) return held;
        continue;
      }
      const { state } = found;
      const { turns, waitMs: asked } = request;
      const deadline = began + (state.verb === turns?.verb ? Math.max(asked, turns.waitMs) : asked);
      const alive = silence.moved || isBeatingHere(state);
      if (alive && performance.now() >= deadline) throw busy(state);
      if (announced !== state.id) {
        announced = state.id;
        const waitMs = Math.max(deadline - performance.now(), alive ? 0 : silence.leftMs(state));
        request.onWait?.(state, Date.now() + Math.round(waitMs));
      }
      await sleep(pollMs(state) * (0.75 + Math.random() / 2), undefined, { signal: context.signal });
    }
  }

  /** Frees a lock whose owner is known to be dead. Another id than the holder's is `HWS_LOCK_OTHER`. */
  async unlock(id: string, context: OperationContext): Promise<void> {
    for (let attempt = 1; attempt <= 10; attempt++) {
      const found = await this.#find(context);
      if (found === undefined) throw stateErrors.HWS_LOCK_OTHER([id, "nobody ever held it"]);
      const { state, etag } = found;
      if (state.state === "free") throw stateErrors.HWS_LOCK_OTHER([id, "it is free"]);
      if (state.id !== id) throw stateErrors.HWS_LOCK_OTHER([id, `it is held by ${describeHolder(state)}`]);
      const bytes = renderLock({ ...state, state: "free", nonce: freshNonce(), updated: Date.now() });
      if ((await swap(this.#storage, { key: this.#key, bytes, expected: etag }, context)).won) return;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#key]);
  }

  async #find(context: OperationContext): Promise<Found | undefined> {
    const found = await readObject(this.#storage, this.#key, context);
    return found && { state: parseLock(found.bytes, this.#key), etag: found.etag };
  }

  #isTakeable(state: LockState, silence: Silence): boolean {
    if (state.state === "free" || whereabouts(state.owner) === "dead") return true;
    silence.see(state);
    return silence.leftMs(state) <= 0;
  }

  /** Undefined when somebody else was faster. */
  async #take(
    request: AcquireRequest,
    found: Found | undefined,
    context: OperationContext,
  ): Promise<HeldLock | undefined> {
    const state = this.#newState(request, found?.state);
    const began = instant();
    try {
      const swapped = await swap(
        this.#storage,
        { key: this.#key, bytes: renderLock(state), expected: found?.etag ?? null },
        context,
      );
      if (!swapped.won) return undefined;
      const { etag } = swapped;
      return new Holding({
        storage: this.#beats,
        key: this.#key,
        state,
        etag,
        before: found?.state,
        began,
        context,
      });
    } catch (error) {
      await this.#giveBack(state.id, context);
      throw error;
    }
  }

  #newState({ verb, run, epochAbove }: AcquireRequest, before: LockState | undefined): LockState {
    const nonce = freshNonce();
    const epoch = Math.max(before?.epoch ?? 0, epochAbove ?? 0) + 1;
    const now = Date.now();
    return {
      state: "held",
      epoch,
      id: `${epoch}-${nonce.slice(0, 12)}`,
      nonce,
      beat: 0,
      ttlMs: this.#ttlMs,
      owner: thisOwner(),
      verb,
      ...(run !== undefined && { run }),
      since: now,
      updated: now,
    };
  }

  /** An acquisition that was aborted or whose answer was lost may have been stored: nobody shall wait for it. */
  async #giveBack(id: string, context: OperationContext): Promise<void> {
    const short = { ...context, signal: AbortSignal.timeout(2_000) };
    await this.unlock(id, short).catch(() => undefined);
  }
}

/** On the owner's own machine the wall clock is the same one: a fresh beat of a live process needs no watching. */
function isBeatingHere(state: LockState): boolean {
  const ageMs = Date.now() - state.updated;
  return whereabouts(state.owner) === "alive" && ageMs >= 0 && ageMs < state.ttlMs / 2;
}

function pollMs(state: LockState): number {
  return Math.min(1_000, Math.max(25, state.ttlMs / 12));
}
