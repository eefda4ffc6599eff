import type { Instance } from "../contracts/inventory.ts";
import type { Account } from "../reconcile/account.ts";
import type { Seen, Suspects } from "../reconcile/sight.ts";

const firstRestMs = 30_000;
const longestRestMs = 10 * 60_000;
/** A starting instance on which so many turns failed is given up. */
const giveUpAfter = 3;

interface Trouble {
  readonly failures: number;
  /** By the monotonic clock. */
  readonly until: number;
}

/**
 * What a watch remembers of the instances from turn to turn: of those that were well, as what; of those that failed, when
 * to try again. It holds nothing of an instance that is gone.
 */
export class WatchMemory {
  readonly #well = new Map<string, Seen & Pick<Instance, "address">>();
  readonly #trouble = new Map<string, Trouble>();
  #seen = new Map<string, Seen>();

  get well(): number {
    return this.#well.size;
  }

  get troubled(): number {
    return this.#trouble.size;
  }

  /** Asks those that are not known to be well as they are now; who failed rests first. */
  readonly suspects: Suspects = (instance, seen) => {
    this.#seen.set(instance.id, seen);
    if (!this.isDue(instance.id)) return false;
    const known = this.#well.get(instance.id);
    return (
      known === undefined ||
      instance.lifecycle === "starting" ||
      known.address !== instance.address ||
      known.version !== seen.version ||
      known.state !== seen.state ||
      known.healthy !== seen.healthy ||
      // One that stands outside is to be known when a run that took it out has died.
      (seen.state !== undefined && seen.state !== "in")
    );
  };

  readonly isDue = (id: string): boolean => performance.now() >= (this.#trouble.get(id)?.until ?? 0);

  /** Everybody is asked at the next turn. */
  forgetWell(): void {
    this.#well.clear();
  }

  /** Takes in what a turn did; gives the starting instances that are given up. */
  learn(account: Account): Instance[] {
    const present = new Map(account.present.map((member) => [member.id, member.instance]));
    for (const known of [this.#well, this.#trouble])
      for (const id of known.keys()) if (!present.has(id)) known.delete(id);
    for (const { id, instance } of account.well) {
      this.#trouble.delete(id);
      const seen = this.#seen.get(id);
      if (seen !== undefined) this.#well.set(id, { ...seen, address: instance.address });
    }
    for (const id of account.mended.keys()) this.#trouble.delete(id);
    const failed = [...account.failed.keys(), ...account.silent.map(({ id }) => id)];
    for (const id of failed) this.#fail(id);
    this.#seen = new Map();
    return [...account.failed.keys()].flatMap((id) => {
      const instance = present.get(id);
      const given = instance?.lifecycle === "starting" && this.#trouble.get(id)?.failures === giveUpAfter;
      return given ? [instance] : [];
    });
  }

  #fail(id: string): void {
    const failures = (this.#trouble.get(id)?.failures ?? 0) + 1;
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(failures - 1, 10));
    this.#trouble.set(id, { failures, until: performance.now() + restMs });
    this.#well.delete(id);
  }
}
