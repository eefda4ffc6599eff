/** A count or a percentage of a whole, as `rollout` writes it. Percentages round down, but never below `atLeast`. */
export const shareOf = (share: number | string, whole: number, atLeast: number): number => {
  const count = typeof share === "number" ? share : Math.floor((whole * Number.parseFloat(share)) / 100);
  return Math.max(atLeast, Math.min(whole, count));
};

/** Cuts a fleet into waves: each share is cumulative, the last one is everybody, and no wave is empty. */
export const cutWaves = <T>(fleet: readonly T[], shares: readonly (number | string)[]): T[][] => {
  const waves: T[][] = [];
  let done = 0;
  for (const share of [...shares, "100%"]) {
    const upTo = Math.min(fleet.length, shareOf(share, fleet.length, 1));
    if (upTo > done) waves.push(fleet.slice(done, upTo));
    done = Math.max(done, upTo);
  }
  return waves;
};
