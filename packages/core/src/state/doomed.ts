import { setTimeout as sleep } from "node:timers/promises";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, renderDocument } from "./fields.ts";
import { applicationKeys } from "./keys.ts";
import { freshNonce, readObject, type Swapped, swap } from "./object.ts";

/** What a prune has seen as garbage, and what it is deleting now. */
export interface DoomList {
  /** Key → when it was first seen as garbage, milliseconds since 1970. */
  readonly marked: ReadonlyMap<string, number>;
  readonly sweeping: readonly string[];
}

export interface StoredDoomList extends DoomList {
  readonly etag: string | null;
}

const rescueAttempts = 20;
const maxListBytes = 64 * 1024 * 1024;

/**
 * The object over which runs and prunes agree. A prune moves keys from marked to sweeping by compare-and-swap before
 * it deletes; a run that relies on a key takes its mark off by compare-and-swap. One of the two comes first, so no
 * key that a run was promised is deleted, whatever the clocks say.
 */
export class Doomed {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, application: string) {
    this.#storage = storage;
    this.#key = applicationKeys(application).sweepMarks;
  }

  async read(context: OperationContext): Promise<StoredDoomList> {
    const found = await readObject(this.#storage, this.#key, context, maxListBytes);
    if (found === undefined) return { marked: new Map(), sweeping: [], etag: null };
    const fields = Fields.parse(found.bytes, this.#key);
    const pair = (item: unknown, where: string): [string, number] => {
      const mark = new Fields(item, where);
      return [mark.text("key"), mark.count("since")];
    };
    return {
      marked: new Map(fields.list("marked", pair, 1_000_000)),
      sweeping: fields.texts("sweeping", 1_000_000),
      etag: found.etag,
    };
  }

  async write(list: StoredDoomList, context: OperationContext): Promise<Swapped> {
    const marked = [...list.marked].map(([key, since]) => ({ key, since }));
    const bytes = renderDocument({ marked, sweeping: list.sweeping, nonce: freshNonce() });
    return swap(this.#storage, { key: this.#key, bytes, expected: list.etag }, context);
  }

  /** Takes keys off the list. Waits a little for a prune that is deleting one of them, then `HWS_STATE_SWEEPING`. */
  async rescue(keys: readonly string[], context: OperationContext): Promise<void> {
    for (let attempt = 1; attempt <= rescueAttempts; attempt++) {
      const list = await this.read(context);
      const going = keys.find((key) => list.sweeping.includes(key));
      if (going !== undefined) {
        if (attempt === rescueAttempts) throw stateErrors.HWS_STATE_SWEEPING([going]);
        await sleep(100 * attempt, undefined, { signal: context.signal });
        continue;
      }
      if (!keys.some((key) => list.marked.has(key))) return;
      const marked = new Map([...list.marked].filter(([key]) => !keys.includes(key)));
      if ((await this.write({ ...list, marked }, context)).won) return;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#key]);
  }
}
