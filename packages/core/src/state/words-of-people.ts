import { stateErrors } from "../errors/state-codes.ts";
import { parseDrain } from "./drains.ts";
import { releaseGrammar } from "./fields.ts";
import { lastMoment, parseHold } from "./hold.ts";
import { parseMaintenance } from "./maintenance.ts";
import { type Note, noteGrammar, parseNote } from "./notes.ts";
import { parsePin } from "./pins.ts";

/** Before Hawser nobody said anything, and no clock of a writer is further ahead than a day. */
const firstMoment = Date.UTC(2020);
const aheadMs = 86_400_000;

const wrong = (key: string, why: string) => stateErrors.HWS_STATE_CORRUPT([key, why]);

const refuseTime = (key: string, what: string, time: number): void => {
  if (time < firstMoment) throw wrong(key, `was ${what} before 2020, which cannot be`);
  if (time > Date.now() + aheadMs) throw wrong(key, `was ${what} in the future, which cannot be`);
};

const refuseEnd = (key: string, begin: number, until: number | undefined): void => {
  if (until !== undefined && until <= begin) throw wrong(key, "ends before it begins");
  if (until !== undefined && until >= lastMoment) throw wrong(key, "ends at a moment that no date can name");
};

/** What is wrong with a pin is thrown; gives the release that it names. */
export const judgePin = (bytes: Buffer, key: string, name: string): string => {
  if (!releaseGrammar.test(name)) throw wrong(key, "is not named by a release");
  refuseTime(key, "pinned", parsePin(bytes, key, name).since);
  return name;
};

/** What is wrong with the object that holds deploys, or lets them go, is thrown. */
export const judgeHold = (bytes: Buffer, key: string): void => {
  const held = parseHold(bytes, key);
  if (held === undefined) return;
  refuseTime(key, "held", held.since);
  refuseEnd(key, held.since, held.until);
};

/** What is wrong with the object that says whether the application is in maintenance is thrown. */
export const judgeMaintenance = (bytes: Buffer, key: string): void => {
  const maintained = parseMaintenance(bytes, key);
  if (maintained !== undefined) refuseTime(key, "turned on", maintained.since);
};

/** What is wrong with the record of a drain is thrown. */
export const judgeDrain = (bytes: Buffer, key: string, name: string): void => {
  const { instance, since } = parseDrain(bytes, key);
  if (instance !== name) throw wrong(key, "is about another instance");
  refuseTime(key, "drained", since);
};

/** Who did what to what: verbs of the application name a release, those of an environment none. */
const ofApplication: readonly Note["verb"][] = ["pin", "unpin", "promote"];

/**
 * What is wrong with a note is thrown. The release that it names may be gone by now: a note tells what was done, and
 * keeps nothing.
 */
export const judgeNote = (
  bytes: Buffer,
  key: string,
  name: string,
  environment: string | undefined,
): void => {
  if (!noteGrammar.test(name)) throw wrong(key, "is not named by a moment");
  const { verb, release, origin, why, time, until, instances, command, log } = parseNote(bytes, key);
  refuseTime(key, "written", time);
  if (Number(name.slice(0, 15)) !== time) throw wrong(key, "has another moment in its name");
  if (ofApplication.includes(verb) !== (environment === undefined))
    throw wrong(key, `tells of ${verb} in the wrong place`);
  if ((release === undefined) === (environment === undefined))
    throw wrong(key, release === undefined ? "names no release" : `names a release, and ${verb} has none`);
  if ((origin !== undefined) !== (verb === "promote")) throw wrong(key, "has an origin that does not fit");
  if (verb === "hold" && why === undefined) throw wrong(key, "does not say why deploys are held");
  if (until !== undefined && verb !== "hold") throw wrong(key, `has an end, and ${verb} has none`);
  refuseEnd(key, time, until);
  if (verb === "drain" && why === undefined) throw wrong(key, "does not say why instances were drained");
  if (verb === "maintenance on" && why === undefined)
    throw wrong(key, "does not say why maintenance was turned on");
  const isMaintenance = verb === "maintenance on" || verb === "maintenance off";
  const onInstances = verb === "drain" || verb === "undrain" || verb === "exec" || isMaintenance;
  if ((instances !== undefined && instances.length > 0) !== onInstances)
    throw wrong(key, `names instances that do not fit ${verb}`);
  const logged = verb === "exec" || isMaintenance;
  if ((command !== undefined) !== (verb === "exec") || (log !== undefined) !== logged)
    throw wrong(key, `has a command or a log that does not fit ${verb}`);
};
