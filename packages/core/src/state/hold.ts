import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, renderDocument } from "./fields.ts";
import { environmentKeys } from "./keys.ts";
import { freshNonce, readObject, swap } from "./object.ts";
import { type Person, parsePerson, reasonGrammar, thisPerson } from "./person.ts";

/** That deploys are stopped, who said so and why. */
export interface Held {
  readonly who: Person;
  readonly why: string;
  /** Milliseconds since 1970, by the clock of who holds: for people only. */
  readonly since: number;
  /** When it ends by itself, milliseconds since 1970. Without it somebody has to end it. */
  readonly until?: number;
}

interface Found {
  readonly held: Held | undefined;
  readonly etag: string;
}

const attempts = 20;

/** The last moment that a date can name. */
export const lastMoment = 8.64e15;

/**
 * Whether deploys of one environment are held: one permanent object, changed by compare-and-swap only.
 *
 * `until` is a moment by the wall clock: a person means a time of day, and no clock is shared by all who look. Who looks
 * compares it with its own clock, so that a hold ends early or late by as much as that clock is wrong, and never by
 * a deployer's restart. A deploy whose clock differs from the instances' is refused by its survey anyway.
 */
export class Hold {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#key = environmentKeys(application, environment).hold;
  }

  /** The hold in force; undefined when deploys may go. What cannot be read is an error, and so holds. */
  async read(context: OperationContext): Promise<Held | undefined> {
    return inForce((await this.#find(context))?.held);
  }

  /** Holds deploys. A hold in force is replaced by one that ends no earlier; another is `HWS_HOLD_WEAKER`. */
  async set(
    { why, until }: { readonly why: string; readonly until?: number | undefined },
    context: OperationContext,
  ): Promise<Held> {
    return await this.#change(context, (present) => {
      if (present !== undefined && (until ?? Infinity) < (present.until ?? Infinity))
        throw engineErrors.HWS_HOLD_WEAKER([describeHold(present)]);
      return { who: thisPerson(), why, since: Date.now(), ...(until !== undefined && { until }) };
    });
  }

  /** Lets deploys go again; what was held, or undefined when nothing was. */
  async lift(context: OperationContext): Promise<Held | undefined> {
    let lifted: Held | undefined;
    if ((await this.read(context)) === undefined) return undefined;
    await this.#change(context, (present) => {
      lifted = present;
      return undefined;
    });
    return lifted;
  }

  async #change<H extends Held | undefined>(
    context: OperationContext,
    next: (present: Held | undefined) => H,
  ): Promise<H> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const found = await this.#find(context);
      const held = next(inForce(found?.held));
      const state = held === undefined ? { state: "free" } : { state: "held", ...held };
      const bytes = renderDocument({ ...state, nonce: freshNonce() });
      const expected = found?.etag ?? null;
      if ((await swap(this.#storage, { key: this.#key, bytes, expected }, context)).won) return held;
    }
    throw stateErrors.HWS_STATE_CONTENDED([this.#key]);
  }

  async #find(context: OperationContext): Promise<Found | undefined> {
    const found = await readObject(this.#storage, this.#key, context);
    if (found === undefined) return undefined;
    return { held: parseHold(found.bytes, this.#key), etag: found.etag };
  }
}

/** What the object says, in force or not; undefined when nothing is held. What does not fit is `HWS_STATE_CORRUPT`. */
export const parseHold = (bytes: Buffer, key: string): Held | undefined => {
  const fields = Fields.parse(bytes, key);
  return fields.word("state", ["free", "held"]) === "held" ? parseHeld(fields) : undefined;
};

const parseHeld = (fields: Fields): Held => ({
  who: parsePerson(fields.child("who")),
  why: fields.text("why", reasonGrammar),
  since: Math.min(fields.count("since"), lastMoment),
  ...(fields.has("until") && { until: Math.min(fields.count("until"), lastMoment) }),
});

const inForce = (held: Held | undefined): Held | undefined =>
  held?.until !== undefined && held.until <= Date.now() ? undefined : held;

/** A hold in one line: who, since when, until when, why. */
export const describeHold = ({ who, why, since, until }: Held): string => {
  const end = until === undefined ? "somebody lets it go" : new Date(until).toISOString();
  const ci = who.ci === undefined ? "" : `, ${who.ci}`;
  return `${who.user}@${who.host} since ${new Date(since).toISOString()}, until ${end}${ci}: ${why}`;
};
