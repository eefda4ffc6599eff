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

/** Those that every change runs on the other storages too: a fleet under load, and what must happen once. */
export const swapSample = filesOf(["once", "traffic"]);

/** The storages beside the directory, on which everything runs anyway. */
export const otherStorages = ["s3", "minio"];
