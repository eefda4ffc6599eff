import type { OperationContext } from "../contracts/common.ts";
import type { DrainReport } from "../contracts/events.ts";
import type { Storage } from "../contracts/storage.ts";
import { Fields, renderDocument } from "./fields.ts";
import { type EnvironmentKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { freshNonce, readObject, swap } from "./object.ts";
import { type Person, parsePerson, reasonGrammar, thisPerson } from "./person.ts";

/** That a person took an instance out of the load balancers. */
export interface Drain {
  readonly instance: string;
  readonly who: Person;
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who drained it: for people only. */
  readonly since: number;
}

const instanceGrammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The instances of one environment that a person took out. No run puts them in again. */
export class Drains {
  readonly #storage: Storage;
  readonly #keys: EnvironmentKeys;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#keys = environmentKeys(application, environment);
  }

  /** Records a drain. One that is recorded already stays as it is. */
  async set(
    instance: string,
    why: string,
    context: OperationContext,
  ): Promise<{ readonly drain: Drain; readonly made: boolean }> {
    const made: Drain = { instance, who: thisPerson(), why, since: Date.now() };
    const key = this.#keys.drain(instance);
    const bytes = renderDocument({ ...made, nonce: freshNonce() });
    const swapped = await swap(this.#storage, { key, bytes, expected: null }, context);
    if (swapped.won) return { drain: made, made: true };
    return { drain: (await this.read(instance, context)) ?? made, made: false };
  }

  async remove(instance: string, context: OperationContext): Promise<void> {
    await this.#storage.delete({ key: this.#keys.drain(instance) }, context);
  }

  /** What cannot be read is an error, and so keeps an instance out. */
  async read(instance: string, context: OperationContext): Promise<Drain | undefined> {
    const key = this.#keys.drain(instance);
    const found = await readObject(this.#storage, key, context);
    return found && { ...parseDrain(found.bytes, key), instance };
  }

  /** The instances that are drained: the name of a record counts, whatever its bytes say. */
  async ids(context: OperationContext): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const { key } of this.#storage.list({ prefix: this.#keys.drains }, context)) {
      const id = key.slice(this.#keys.drains.length);
      if (instanceGrammar.test(id)) ids.add(id);
    }
    return ids;
  }

  async list(context: OperationContext): Promise<ReadonlyMap<string, Drain>> {
    const drains = await mapLimited([...(await this.ids(context))], (id) => this.read(id, context));
    return new Map(
      drains.flatMap((drain) => (drain === undefined ? [] : [[drain.instance, drain] as const])),
    );
  }
}

export function parseDrain(bytes: Buffer, key: string): Drain {
  const fields = Fields.parse(bytes, key);
  return {
    instance: fields.text("instance", instanceGrammar),
    who: parsePerson(fields.child("who")),
    why: fields.text("why", reasonGrammar),
    since: fields.count("since"),
  };
}

export const drainReport = ({ who, why, since }: Drain): DrainReport => ({
  who: who.user,
  host: who.host,
  ...(who.ci !== undefined && { ci: who.ci }),
  why,
  since,
});
