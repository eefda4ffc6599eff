import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, releaseGrammar, renderDocument, runGrammar } from "./fields.ts";
import { type EnvironmentKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { freshNonce, readObject, swap } from "./object.ts";

/** A run-once command of a release in one environment. */
export interface OnceRecord {
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly run: string;
  readonly instance: string;
  /** Absent while it runs, and for ever when its deployer died: then a person settles it. */
  readonly ended?: number;
  readonly exit?: number;
  /** What a person said about a start without an end. */
  readonly settled?: "done" | "again";
  /** False: the release before cannot run after it. Default true. */
  readonly compatible?: boolean;
  /** False: it was asked and said that it was not needed. It never started, and counts as ended with success. */
  readonly needed?: boolean;
}

/** Whether it ever started. */
export const hasStarted = ({ needed, compatible }: OnceRecord): boolean =>
  needed !== false || compatible === false;

/** A record with what it is of. */
export interface ListedOnce extends OnceRecord {
  readonly release: string;
  readonly name: string;
}

interface Found {
  readonly record: OnceRecord;
  readonly etag: string;
}

const attempts = 10;

/** The run-once commands of one environment. A start is recorded before the command runs, and stays. */
export class Once {
  readonly #storage: Storage;
  readonly #keys: EnvironmentKeys;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#keys = environmentKeys(application, environment);
  }

  async read(release: string, name: string, context: OperationContext): Promise<OnceRecord | undefined> {
    return (await this.#find(release, name, context))?.record;
  }

  /** Every record of the environment, in the order in which they were started. */
  async list(context: OperationContext): Promise<ListedOnce[]> {
    const found: [release: string, name: string][] = [];
    for await (const { key } of this.#storage.list({ prefix: this.#keys.onces }, context)) {
      const [release = "", name = ""] = key.slice(this.#keys.onces.length).split("/");
      if (releaseGrammar.test(release)) found.push([release, name]);
    }
    const records = await mapLimited(found, ([release, name]) => this.read(release, name, context));
    const listed = found.flatMap(([release, name], index) => {
      const record = records[index];
      return record === undefined ? [] : [{ ...record, release, name }];
    });
    return listed.sort((a, b) => a.started - b.started);
  }

  /** Records a start. One that was started and not settled with `again` is `HWS_STATE_ONCE_STARTED`. */
  async start(
    release: string,
    name: string,
    { run, instance, compatible }: Pick<OnceRecord, "run" | "instance" | "compatible">,
    context: OperationContext,
  ): Promise<void> {
    const found = await this.#find(release, name, context);
    if (found !== undefined && found.record.settled !== "again") throw started(name, release, found.record);
    const record = {
      started: Date.now(),
      run,
      instance,
      ...(compatible !== undefined && { compatible }),
    };
    if (await this.#write(release, name, record, found, context)) return;
    const winner = await this.read(release, name, context);
    throw started(name, release, winner ?? record);
  }

  /** Records that a command was not needed: it crosses nothing, and is not asked again. */
  async skip(
    release: string,
    name: string,
    { run, instance }: Pick<OnceRecord, "run" | "instance">,
    context: OperationContext,
  ): Promise<void> {
    const found = await this.#find(release, name, context);
    const now = Date.now();
    // An earlier start that failed stays known: it may have left no way back.
    const started = found?.record ?? { started: now, run, instance };
    const record = { ...started, ended: now, exit: 0, needed: false };
    if (!(await this.#write(release, name, record, found, context)))
      throw stateErrors.HWS_STATE_CONTENDED([this.#keys.once(release, name)]);
  }

  /** Records the end of a command that was started. */
  async end(
    release: string,
    name: string,
    { exit }: { readonly exit: number },
    context: OperationContext,
  ): Promise<void> {
    await this.#change(release, name, (record) => ({ ...record, ended: Date.now(), exit }), context);
  }

  /** What a person found out: `done` counts as an end with success, `again` lets it start once more. */
  async settle(
    release: string,
    name: string,
    how: "done" | "again",
    context: OperationContext,
  ): Promise<void> {
    const settled = (record: OnceRecord): OnceRecord =>
      how === "again"
        ? { ...record, settled: how }
        : { ...record, settled: how, ended: record.ended ?? Date.now(), exit: 0 };
    await this.#change(release, name, settled, context);
  }

  async #change(
    release: string,
    name: string,
    change: (record: OnceRecord) => OnceRecord,
    context: OperationContext,
  ): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const found = await this.#find(release, name, context);
      if (found === undefined) throw stateErrors.HWS_STATE_ONCE_UNKNOWN([name, release]);
      if (await this.#write(release, name, change(found.record), found, context)) return;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#keys.once(release, name)]);
  }

  async #write(
    release: string,
    name: string,
    record: OnceRecord,
    found: Found | undefined,
    context: OperationContext,
  ): Promise<boolean> {
    const bytes = renderDocument({ ...record, nonce: freshNonce() });
    const key = this.#keys.once(release, name);
    return (await swap(this.#storage, { key, bytes, expected: found?.etag ?? null }, context)).won;
  }

  async #find(release: string, name: string, context: OperationContext): Promise<Found | undefined> {
    const key = this.#keys.once(release, name);
    const found = await readObject(this.#storage, key, context);
    return found && { record: parseOnce(found.bytes, key), etag: found.etag };
  }
}

function started(name: string, release: string, { run, instance }: OnceRecord) {
  return stateErrors.HWS_STATE_ONCE_STARTED([name, release, run, instance]);
}

function parseOnce(bytes: Buffer, key: string): OnceRecord {
  const fields = Fields.parse(bytes, key);
  return {
    started: fields.count("started"),
    run: fields.text("run", runGrammar),
    instance: fields.text("instance", /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
    ...(fields.has("ended") && { ended: fields.count("ended") }),
    ...(fields.has("exit") && { exit: fields.integer("exit") }),
    ...(fields.has("compatible") && { compatible: fields.flag("compatible") }),
    ...(fields.has("needed") && { needed: fields.flag("needed") }),
    ...(fields.has("settled") && { settled: fields.word("settled", ["done", "again"]) }),
  };
}
