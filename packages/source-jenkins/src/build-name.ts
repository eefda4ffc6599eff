import { errors } from "./errors.ts";

const permalink =
  /^(last|lastCompleted|lastStable|lastSuccessful|lastUnstable|lastFailed|lastUnsuccessful)(?:Build)?$/;

/** The path part of a build: its number, or the permalink that Jenkins has for what a ref calls by name. */
export const buildPart = (ref: string): string => {
  if (/^[1-9][0-9]{0,8}$/.test(ref)) return ref;
  const name = permalink.exec(ref)?.[1];
  if (name === undefined) throw errors.HWS_SOURCE_REF_INVALID([ref]);
  return `${name}Build`;
};
