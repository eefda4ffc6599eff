import { errors } from "./errors.ts";

const segment = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const maxKeyLength = 900;

export const isKey = (key: string): boolean =>
  key.length <= maxKeyLength && key.split("/").every((part) => segment.test(part));

/** Refuses whatever is not a key. */
export const checkKey = (key: string): void => {
  if (!isKey(key)) throw errors.HWS_STORAGE_KEY_INVALID([key]);
};

/** Refuses a prefix that no key can begin with; its last segment may be cut anywhere. */
export const checkPrefix = (prefix: string): void => {
  const whole = prefix.replace(/\/$/, "");
  if (prefix !== "" && !isKey(whole)) throw errors.HWS_STORAGE_KEY_INVALID([prefix]);
};
