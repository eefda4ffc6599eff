import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { deletionOrder } from "./catalogue.ts";
import { Doomed, type StoredDoomList } from "./doomed.ts";
import { findGarbage, type KeepRules } from "./garbage.ts";
import { applicationKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { type HeldLock, SweepLock } from "./lock.ts";

export interface SweepRequest {
  /** Good releases kept for each environment. */
  readonly keep: number;
  /** How long garbage stays marked before a prune deletes it. Longer than any run; default 24 hours. */
  readonly graceMs?: number;
  /** Run records kept for each environment. Default 200. */
  readonly keepRuns?: number;
  /** Releases that instances hold. */
  readonly alsoKeep?: Iterable<string>;
  /** Only look. */
  readonly dryRun?: boolean;
}

export interface Swept {
  /** Objects that were deleted (`dryRun`: would be). */
  readonly removed: number;
  /** Objects that a prune after the grace will delete, if nothing needs them by then. */
  readonly marked: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const ttlMs = 60_000;
const batch = 50;
const attempts = 10;

/**
 * Removes from storage what nothing needs, in two phases: garbage is marked, and deleted by a prune that finds it marked
 * for longer than the grace and still garbage after reading every root again. One prune works at a time.
 */
export async function sweep(
  storage: Storage,
  application: string,
  request: SweepRequest,
  context: OperationContext,
): Promise<Swept> {
  const prune = new Prune(storage, application, request);
  if (request.dryRun) return prune.look(context);
  const lock = new SweepLock(storage, application, { ttlMs });
  const held = await lock.acquire({ verb: "prune", waitMs: 0 }, context);
  try {
    return await prune.run(held, context);
  } finally {
    await held.release({ ...context, signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
      // The next prune finds it silent, or its process dead.
      context.logger.warn("the lock of prune could not be freed", { error: String(error) });
    });
  }
}

class Prune {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #graceMs: number;
  readonly #rules: KeepRules;
  readonly #doomed: Doomed;

  constructor(storage: Storage, application: string, request: SweepRequest) {
    this.#storage = storage;
    this.#application = application;
    this.#graceMs = request.graceMs ?? dayMs;
    this.#doomed = new Doomed(storage, application);
    this.#rules = {
      keep: request.keep,
      youngMs: this.#graceMs,
      keepRuns: request.keepRuns ?? 200,
      alsoKeep: new Set(request.alsoKeep),
    };
  }

  async look(context: OperationContext): Promise<Swept> {
    const { marked, sweeping } = await this.#next(await this.#doomed.read(context), context);
    return { removed: sweeping.length, marked: marked.size };
  }

  async run(lock: HeldLock, context: OperationContext): Promise<Swept> {
    const { marked, sweeping } = await this.#doom(context);
    const order = deletionOrder(this.#application, sweeping);
    for (let at = 0; at < order.length; at += batch) {
      // A prune that was stopped and replaced deletes nothing more.
      await lock.confirm(context, { giveUpMs: ttlMs });
      await mapLimited(order.slice(at, at + batch), (key) => this.#storage.delete({ key }, context));
    }
    if (sweeping.length > 0) await this.#clear(context);
    return { removed: order.length, marked: marked.size };
  }

  /** Moves what is due to `sweeping`. A run that rescued something meanwhile makes it read every root again. */
  async #doom(context: OperationContext): Promise<StoredDoomList> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const next = await this.#next(await this.#doomed.read(context), context);
      if ((await this.#doomed.write(next, context)).won) return next;
    }
    throw stateErrors.HWS_STATE_CONTENDED([applicationKeys(this.#application).sweepMarks]);
  }

  async #next(list: StoredDoomList, context: OperationContext): Promise<StoredDoomList> {
    const garbage = await findGarbage(this.#storage, this.#application, this.#rules, context);
    const now = Date.now();
    const marked = new Map<string, number>();
    // What a prune that died was deleting is due at once, if it still is garbage.
    const due = new Set(list.sweeping.filter((key) => garbage.has(key)));
    for (const key of garbage) {
      const since = list.marked.get(key) ?? now;
      if (now - since >= this.#graceMs) due.add(key);
      else if (!due.has(key)) marked.set(key, since);
    }
    return { marked, sweeping: [...due], etag: list.etag };
  }

  async #clear(context: OperationContext): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const list = await this.#doomed.read(context);
      if ((await this.#doomed.write({ ...list, sweeping: [] }, context)).won) return;
    }
    throw stateErrors.HWS_STATE_CONTENDED([applicationKeys(this.#application).sweepMarks]);
  }
}
