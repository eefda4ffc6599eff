import { errors } from "./errors.ts";

const name = /^[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/;
const forbidden = /\.\.|\/\/|@\{|\/\.|\.$|\/$|\.lock(\/|$)/;

export const isRef = (ref: string): boolean => name.test(ref) && !forbidden.test(ref);

/** A ref that passed the grammar. It cannot be taken for an option, and git cannot read an expression in it. */
export const checkRef = (ref: string): string => {
  if (!isRef(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
  return ref;
};

/** A full object name: SHA-1 or SHA-256. */
export const isCommitId = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

export const isShortCommitId = (text: string): boolean => /^[0-9a-f]{7,63}$/.test(text) && !isCommitId(text);
