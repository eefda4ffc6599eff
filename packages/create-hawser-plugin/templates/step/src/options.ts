import { errors } from "./errors.ts";

export interface KeyScanOptions {
  /** Paths of files in the tree that may hold a key. Default none. */
  readonly allow?: readonly string[];
}

/** What a config gives a step is checked by nobody else. */
export const allowedOf = (options: KeyScanOptions | undefined): ReadonlySet<string> => {
  const { allow = [], ...others } = options ?? {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw errors.HWS_KEYS_OPTIONS([`there is no option ${unknown}`]);
  if (!Array.isArray(allow) || allow.some((path) => typeof path !== "string"))
    throw errors.HWS_KEYS_OPTIONS(["`allow` is no list of paths"]);
  return new Set(allow);
};
