/** What is known of the releases in one place: on an instance, or in storage for one environment. */
export interface RetentionFacts {
  /** The releases that are there. */
  readonly present: Iterable<string>;
  /** Those proved good and not marked bad since. */
  readonly good: ReadonlySet<string>;
  /** Current, previous, desired in any environment, in flight, pinned: never removed. */
  readonly needed: ReadonlySet<string>;
  /** How many good releases are kept. Failed ones do not push them out. */
  readonly keep: number;
}

/** Release ids, oldest first. They outgrow six digits one day: their order is that of numbers. */
export const byAge = (a: string, b: string): number => Number(a) - Number(b);

/** The releases that stay: what is needed, and the newest good ones. */
export function retained({ present, good, needed, keep }: RetentionFacts): ReadonlySet<string> {
  const there = [...new Set(present)].sort(byAge);
  const newestGood = keep > 0 ? there.filter((id) => good.has(id)).slice(-keep) : [];
  return new Set([...there.filter((id) => needed.has(id)), ...newestGood]);
}
