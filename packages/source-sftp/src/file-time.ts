/** Seconds in which a file may be written again without another time; the server's clock may be off by a little. */
const doubtSeconds = 3;

/** What stands for no time at all: archives of npm are of 1985, zips of 1980, stores like that of Nix of 1970. */
const firstRealTime = Date.UTC(1990, 0) / 1000;

/**
 * Whether a file that still has this time (seconds since 1970) and its length can be taken for the same. `seenMs`: when
 * the time was looked at.
 */
export const isTelling = (modified: number, seenMs: number): boolean =>
  modified >= firstRealTime && modified < seenMs / 1000 - doubtSeconds;
