import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { Doomed } from "./doomed.ts";
import { Fields, releaseGrammar, renderDocument } from "./fields.ts";
import { type ApplicationKeys, applicationKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { freshNonce, readObject, swap } from "./object.ts";
import { type Person, parsePerson, reasonGrammar, thisPerson } from "./person.ts";
import { releaseKeys } from "./release-keys.ts";

/** That a release is to stay, and who said so. */
export interface Pin {
  readonly release: string;
  readonly who: Person;
  /** Milliseconds since 1970, by the clock of who pinned it: for people only. */
  readonly since: number;
  readonly why?: string;
}

/** The releases of one application that no retention removes. */
export class Pins {
  readonly #storage: Storage;
  readonly #application: string;
  readonly #keys: ApplicationKeys;

  constructor(storage: Storage, application: string) {
    this.#storage = storage;
    this.#application = application;
    this.#keys = applicationKeys(application);
  }

  /**
   * Pins a release. One that is pinned keeps the pin that it has. From the answer on no prune removes what the release is
   * made of, also one that is at work: the pin stands before the marks are taken off.
   */
  async set(
    release: string,
    why: string | undefined,
    context: OperationContext,
  ): Promise<{ readonly pin: Pin; readonly made: boolean }> {
    if (!releaseGrammar.test(release)) throw engineErrors.HWS_RELEASE_UNKNOWN([release]);
    const made: Pin = { release, who: thisPerson(), since: Date.now(), ...(why !== undefined && { why }) };
    const key = this.#keys.pin(release);
    const bytes = renderDocument({ ...made, nonce: freshNonce() });
    const keys = await releaseKeys(this.#storage, this.#application, release, context);
    if (keys === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([release]);
    const swapped = await swap(this.#storage, { key, bytes, expected: null }, context);
    await new Doomed(this.#storage, this.#application).rescue(keys, context);
    const left = await releaseKeys(this.#storage, this.#application, release, context);
    if (left === undefined || keys.some((before) => !left.includes(before))) {
      // A prune was faster: a pin on what is gone would promise something.
      if (swapped.won) await this.remove(release, context);
      throw engineErrors.HWS_RELEASE_UNKNOWN([release]);
    }
    if (swapped.won) return { pin: made, made: true };
    return { pin: (await this.read(release, context)) ?? made, made: false };
  }

  /** Takes a pin off; what was pinned, or undefined when nothing was. */
  async remove(release: string, context: OperationContext): Promise<Pin | undefined> {
    const pin = await this.read(release, context);
    if (pin !== undefined) await this.#storage.delete({ key: this.#keys.pin(release) }, context);
    return pin;
  }

  async read(release: string, context: OperationContext): Promise<Pin | undefined> {
    if (!releaseGrammar.test(release)) return undefined;
    const key = this.#keys.pin(release);
    const found = await readObject(this.#storage, key, context);
    return found && parsePin(found.bytes, key, release);
  }

  /** The ids of what is pinned: the name of a pin counts, whatever its bytes say. */
  async ids(context: OperationContext): Promise<string[]> {
    const ids: string[] = [];
    for await (const { key } of this.#storage.list({ prefix: this.#keys.pins }, context)) {
      const id = key.slice(this.#keys.pins.length);
      if (releaseGrammar.test(id)) ids.push(id);
    }
    return ids;
  }

  async list(context: OperationContext): Promise<ReadonlyMap<string, Pin>> {
    const pins = await mapLimited(await this.ids(context), (id) => this.read(id, context));
    return new Map(pins.flatMap((pin) => (pin === undefined ? [] : [[pin.release, pin] as const])));
  }
}

/** Reads a pin; what does not fit is `HWS_STATE_CORRUPT`. */
export function parsePin(bytes: Buffer, key: string, release: string): Pin {
  const fields = Fields.parse(bytes, key);
  return {
    release,
    who: parsePerson(fields.child("who")),
    since: fields.count("since"),
    ...(fields.has("why") && { why: fields.text("why", reasonGrammar) }),
  };
}
