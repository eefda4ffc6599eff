/** Seconds in which a file may be written again without another time; the server's clock may be off by a little. */
const doubtSeconds = 3;

/** The time, seconds since 1970, from which on a file may still change without showing it. */
export const doubtSince = (): number => Date.now() / 1000 - doubtSeconds;
