import { HawserError } from "../errors/hawser-error.ts";

/** True of the errors that say that this deployer has no identity for what is stored: others may have one. */
export const isUnreadable = (error: unknown): boolean =>
  HawserError.is(error, "HWS_SEALING_NO_IDENTITY") || HawserError.is(error, "HWS_SEALING_STRANGER");
