import { errors } from "./errors.ts";

const grammar = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/;

/** A server has no refs: one that is asked for is refused, before anything is sent. */
export const refuseRef = (ref: string | undefined, url: string): void => {
  if (ref === undefined) return;
  if (!grammar.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
  throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, url]);
};
