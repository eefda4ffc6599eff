import { errors } from "./errors.ts";

const grammar = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/;

/** A server of rsync has one state: any ref is one too many. */
export const refuseRef = (ref: string | undefined, shown: string): void => {
  if (ref === undefined) return;
  if (!grammar.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
  throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, shown]);
};
