import { errors } from "./errors.ts";

const segment = "[A-Za-z0-9][A-Za-z0-9._-]{0,199}";
const key = new RegExp(`^${segment}(?:/${segment})*$`);
const prefix = new RegExp(`^(?:${segment}/)*(?:${segment})?$`);
const mostLetters = 900;

const checked = (text: string, grammar: RegExp): string => {
  if (text.length > mostLetters || !grammar.test(text)) throw errors.HWS_STORAGE_KEY_INVALID([text]);
  return text;
};

/** The key, proved to be one: it goes into a URL as it is. */
export const checkedKey = (text: string): string => checked(text, key);

/** A prefix, proved to be one that a key can begin with. */
export const checkedPrefix = (text: string): string => checked(text, prefix);
