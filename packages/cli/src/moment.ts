import { errors } from "./errors.ts";
import { durationMs } from "./options.ts";

const moment =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;
const fromNow = /^[0-9]{1,9}(?:ms|s|m|h)$/;

/** A time with its zone; `short` says how it may be written shorter. */
const zonedTime = (option: string, text: string, short: string): number => {
  const time = moment.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw errors.HWS_CLI_USAGE([`${option} ${text} is no time`], {
    hint: `Write it with its zone, as 2026-01-31T18:00+01:00 or 2026-01-31T17:00Z, or ${short}.`,
  });
};

/**
 * Milliseconds since 1970 of `2026-01-31T18:00+01:00`, or of `2h` and `30m` from now by this machine's clock. A time
 * without a zone would be another one for everybody who reads it, and is refused.
 */
export const momentOf = (option: string, text: string, now: number = Date.now()): number => {
  if (fromNow.test(text)) return now + durationMs(text);
  return zonedTime(option, text, "how long from now: 2h, 30m");
};

const ago = /^([0-9]{1,6})([hmd])$/;
const agoMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The same of a time that is over: `7d`, `12h` and `30m` before now, or a time with its zone. */
export const pastOf = (option: string, text: string, now: number = Date.now()): number => {
  const [, number, unit = ""] = ago.exec(text) ?? [];
  if (number !== undefined) return now - Number(number) * (agoMs[unit] as number);
  return zonedTime(option, text, "how long ago: 7d, 12h, 30m");
};

/** How many entries are wanted. */
export const countOf = (option: string, text: string): number => {
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw errors.HWS_CLI_USAGE([`${option} ${text} is no number of entries`]);
  return Number(text);
};
