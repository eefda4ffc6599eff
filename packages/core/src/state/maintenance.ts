import type { OperationContext } from "../contracts/common.ts";
import type { MaintenanceReport } from "../contracts/events.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, renderDocument, runGrammar } from "./fields.ts";
import { environmentKeys } from "./keys.ts";
import { freshNonce, readObject, swap } from "./object.ts";
import { type Person, parsePerson, reasonGrammar, thisPerson } from "./person.ts";

/** That an application is in maintenance, who said so and why. */
export interface Maintained {
  readonly who: Person;
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who turned it on: for people only. */
  readonly since: number;
  /** The run that turned it on, which is to turn it off again. Without one a person did. */
  readonly run?: string;
}

interface Found {
  readonly maintained: Maintained | undefined;
  readonly etag: string;
}

const attempts = 20;

/**
 * Whether the application is in maintenance in one environment: one permanent object, changed by compare-and-swap only. It is
 * written under the environment's lock: on before the first instance is told, off after the last one was.
 */
export class Maintenance {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#key = environmentKeys(application, environment).maintenance;
  }

  /** Undefined when it is off. */
  async read(context: OperationContext): Promise<Maintained | undefined> {
    return (await this.#find(context))?.maintained;
  }

  /**
   * Records that it is on. What a person recorded stays as it is, whoever comes; a person takes over what a run recorded. Gives
   * what is recorded then.
   */
  async set(
    { why, run }: { readonly why: string; readonly run?: string },
    context: OperationContext,
  ): Promise<{ readonly maintained: Maintained; readonly made: boolean }> {
    let made = false;
    const maintained = await this.#change(context, (present) => {
      made = present === undefined || (present.run !== undefined && present.run !== run);
      if (present !== undefined && !made) return present;
      return { who: thisPerson(), why, since: Date.now(), ...(run !== undefined && { run }) };
    });
    return { maintained, made };
  }

  /** Records that it is off. */
  async clear(context: OperationContext): Promise<void> {
    await this.#change(context, () => undefined);
  }

  async #change<M extends Maintained | undefined>(
    context: OperationContext,
    next: (present: Maintained | undefined) => M,
  ): Promise<M> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const found = await this.#find(context);
      const maintained = next(found?.maintained);
      if (maintained === found?.maintained) return maintained;
      const state = maintained === undefined ? { state: "off" } : { state: "on", ...maintained };
      const bytes = renderDocument({ ...state, nonce: freshNonce() });
      const expected = found?.etag ?? null;
      if ((await swap(this.#storage, { key: this.#key, bytes, expected }, context)).won) return maintained;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#key]);
  }

  async #find(context: OperationContext): Promise<Found | undefined> {
    const found = await readObject(this.#storage, this.#key, context);
    if (found === undefined) return undefined;
    return { maintained: parseMaintenance(found.bytes, this.#key), etag: found.etag };
  }
}

/** What the object says; undefined when it is off. What does not fit is `HWS_STATE_CORRUPT`. */
export const parseMaintenance = (bytes: Buffer, key: string): Maintained | undefined => {
  const fields = Fields.parse(bytes, key);
  if (fields.word("state", ["on", "off"]) === "off") return undefined;
  return {
    who: parsePerson(fields.child("who")),
    why: fields.text("why", reasonGrammar),
    since: fields.count("since"),
    ...(fields.has("run") && { run: fields.text("run", runGrammar) }),
  };
};

export const maintenanceReport = ({ who, why, since, run }: Maintained): MaintenanceReport => ({
  who: who.user,
  host: who.host,
  ...(who.ci !== undefined && { ci: who.ci }),
  why,
  since,
  ...(run !== undefined && { run }),
});
