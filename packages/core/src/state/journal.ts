import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { sha256 } from "./content.ts";
import {
  type JournalEntry,
  type JournalStep,
  type NewEntry,
  parseEntry,
  type RunEnd,
  type RunStart,
  renderEntry,
} from "./journal-entry.ts";
import { type EnvironmentKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { freshNonce, readObject, swap } from "./object.ts";

export type { JournalEntry, JournalStep, RunEnd, RunStart } from "./journal-entry.ts";

/** Nobody writes so many entries past one that was read; more conflicts than this are a broken storage. */
const maxConflicts = 1_000;

/** Where an operation writes what it means to do and does. */
export interface RunRecord {
  readonly run: string;
  entries(): readonly JournalEntry[];
  append(step: JournalStep, context: OperationContext): Promise<void>;
  end(end: RunEnd, context: OperationContext): Promise<void>;
}

/**
 * What one run meant to do and did: create-only objects that name the digest of the one before. It explains and gives
 * the intent; what is true is read from instances, storage and load balancer. So a lost or damaged entry is a warning.
 */
export class Journal implements RunRecord {
  readonly run: string;
  /** What is missing or damaged in it, for people. */
  readonly warnings: string[] = [];
  readonly #storage: Storage;
  readonly #keys: EnvironmentKeys;
  readonly #entries: JournalEntry[] = [];
  #epoch = 0;
  #next = 0;
  #prev = "";

  private constructor(storage: Storage, keys: EnvironmentKeys, run: string) {
    this.run = run;
    this.#storage = storage;
    this.#keys = keys;
  }

  /** Starts the journal of a new run. An id that was used is `HWS_STATE_RUN_EXISTS`. */
  static async start(
    storage: Storage,
    application: string,
    environment: string,
    start: RunStart,
    context: OperationContext,
  ): Promise<Journal> {
    const journal = new Journal(storage, environmentKeys(application, environment), start.run);
    journal.#epoch = start.epoch;
    const { epoch: _, ...entry } = start;
    const key = journal.#keys.entry(start.run, 0);
    const stored = await journal.#store({ kind: "start", ...entry }, key, context);
    if (stored !== undefined) throw stateErrors.HWS_STATE_RUN_EXISTS([start.run]);
    return journal;
  }

  /**
   * Reads a run's journal, to show it or to go on with it under `epoch` (default: the highest that wrote in it). A run
   * of which nothing is there is `HWS_STATE_RUN_MISSING`.
   */
  static async open(
    storage: Storage,
    application: string,
    environment: string,
    run: string,
    context: OperationContext,
    epoch?: number,
  ): Promise<Journal> {
    const journal = new Journal(storage, environmentKeys(application, environment), run);
    await journal.#load(context);
    if (journal.#entries.length === 0 && journal.warnings.length === 0) {
      throw stateErrors.HWS_STATE_RUN_MISSING([run]);
    }
    journal.#epoch = epoch ?? Math.max(0, ...journal.#entries.map((entry) => entry.epoch));
    return journal;
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The release that was desired when the run started; null when there was none or the entry is lost. */
  get from(): string | null {
    const first = this.#entries[0];
    return first?.kind === "start" ? first.from : null;
  }

  get ended(): boolean {
    return this.#entries.some(({ kind }) => kind === "end");
  }

  /**
   * Adds an entry. An entry of a higher epoch in its place is `HWS_STATE_FENCED`; one that a former owner wrote late is
   * taken in and this one stands behind it.
   */
  async append(step: JournalStep, context: OperationContext): Promise<void> {
    for (let conflicts = 0; conflicts <= maxConflicts; conflicts++) {
      const key = this.#keys.entry(this.run, this.#next);
      const stored = await this.#store({ kind: "step", ...step }, key, context);
      if (stored === undefined) return;
      this.#takeIn(stored, key);
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#keys.entries(this.run)]);
  }

  /** Closes the run; one that was closed already stays as it is. */
  async end(end: RunEnd, context: OperationContext): Promise<void> {
    const key = this.#keys.end(this.run);
    const stored = await this.#store({ kind: "end", ...end }, key, context);
    if (stored !== undefined) this.#takeIn(stored, key);
  }

  /** Stores an entry at the next place; gives the bytes of another that has the place. */
  async #store(entry: NewEntry, key: string, context: OperationContext): Promise<Buffer | undefined> {
    const placed: JournalEntry = {
      ...entry,
      seq: this.#next,
      prev: this.#prev,
      time: Date.now(),
      epoch: this.#epoch,
    };
    const bytes = renderEntry(placed, freshNonce());
    const swapped = await swap(this.#storage, { key, bytes, expected: null }, context);
    if (!swapped.won) return swapped.found?.bytes ?? Buffer.alloc(0);
    this.#add(placed, bytes);
    return undefined;
  }

  #takeIn(bytes: Buffer, key: string): void {
    const entry = this.#read(bytes, key);
    if (entry !== undefined && entry.epoch > this.#epoch) {
      throw stateErrors.HWS_STATE_FENCED([`run ${this.run}`, entry.epoch, this.#epoch]);
    }
    if (entry === undefined) this.#next += 1;
    else this.#add(entry, bytes);
  }

  #add(entry: JournalEntry, bytes: Buffer): void {
    this.#entries.push(entry);
    this.#next = entry.seq + 1;
    this.#prev = sha256(bytes);
  }

  async #load(context: OperationContext): Promise<void> {
    const seqs = await this.#listed(context);
    // A listing may lag behind: what follows the last listed entry is asked for by name.
    let next = seqs.length === 0 ? 0 : Math.max(...seqs) + 1;
    const read = (seq: number) => readObject(this.#storage, this.#keys.entry(this.run, seq), context);
    const found = new Map(await mapLimited(seqs, async (seq) => [seq, await read(seq)] as const));
    for (let late = await read(next); late !== undefined; late = await read(next)) found.set(next++, late);
    for (let seq = 0; seq < next; seq++) this.#chain(seq, found.get(seq)?.bytes);
    const endKey = this.#keys.end(this.run);
    const end = await readObject(this.#storage, endKey, context);
    const entry = end && this.#read(end.bytes, endKey);
    if (entry !== undefined) this.#entries.push(entry);
  }

  #chain(seq: number, bytes: Buffer | undefined): void {
    const key = this.#keys.entry(this.run, seq);
    const entry = bytes && this.#read(bytes, key);
    if (bytes === undefined) this.warnings.push(`${key} is missing`);
    if (entry === undefined || bytes === undefined) {
      this.#next = seq + 1;
      this.#prev = "";
      return;
    }
    const broken = entry.seq !== seq || (this.#prev !== "" && entry.prev !== this.#prev);
    if (broken) this.warnings.push(`${key} does not follow the entry before it`);
    this.#add({ ...entry, seq }, bytes);
  }

  #read(bytes: Buffer, key: string): JournalEntry | undefined {
    try {
      return parseEntry(bytes, key);
    } catch (error) {
      // A layout of tomorrow must not be written over by guesswork; damage must not block.
      if (!HawserError.is(error) || error.code === "HWS_STATE_NEWER") throw error;
      this.warnings.push(error.message);
      return undefined;
    }
  }

  async #listed(context: OperationContext): Promise<number[]> {
    const prefix = this.#keys.entries(this.run);
    const seqs: number[] = [];
    for await (const { key } of this.#storage.list({ prefix }, context)) {
      const name = key.slice(prefix.length);
      if (/^[0-9]{6}$/.test(name)) seqs.push(Number(name));
    }
    return seqs;
  }
}
