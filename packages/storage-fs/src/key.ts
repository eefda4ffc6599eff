import { errors } from "./errors.ts";

const segment = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const maxKeyLength = 900;

/** Refuses whatever is not a key. No key can reach a name that begins with a dot, so `.hawser` is the storage's own. */
export function checkKey(key: string): void {
  const fits = key.length <= maxKeyLength && key.split("/").every((part) => segment.test(part));
  if (!fits) throw errors.HWS_STORAGE_KEY_INVALID([key]);
}

/** Refuses a prefix that no key can begin with; its last segment may be cut anywhere. */
export function checkPrefix(prefix: string): void {
  const parts = prefix.split("/");
  const last = parts.pop() ?? "";
  const fits =
    prefix.length <= maxKeyLength &&
    parts.every((part) => segment.test(part)) &&
    (last === "" || segment.test(last));
  if (!fits) throw errors.HWS_STORAGE_KEY_INVALID([prefix]);
}
