// The shows of a deploy, which say the same on every storage: `HAWSER_STORAGE` names it, and one block of config differs.
const shows = [
  "failures",
  "interrupt",
  "kill",
  "lock",
  "lost-session",
  "once",
  "preflight",
  "sealed",
  "silence",
  "traffic",
];

const filesOf = (names) => names.map((name) => `test/shows/${name}.it.ts`);

/** All of them. */
export const deploySuite = filesOf(shows);

/** What every change runs on the other storages too; test/shows/swap has a fleet under load on both. */
export const swapSample = filesOf(["once"]);

/** The storages beside the directory, on which everything runs anyway. */
export const otherStorages = ["s3", "minio"];
