import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether a text matches a pattern of `*` and `?`; without backtracking over more than the last star. */
const globMatches = (pattern: string, text: string): boolean => {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
};

const hashMatches = (field: string, name: string): boolean => {
  const [, , salt, hash] = field.split("|");
  if (salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, "base64");
  const found = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return wanted.length === found.length && timingSafeEqual(wanted, found);
};

/**
 * Whether the host field of a known_hosts line (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) speaks of a name: patterns by
 * comma, a matching `!` pattern takes the line out, `|1|salt|hash` is one hashed name.
 */
export const hostFieldMatches = (field: string, name: string): boolean => {
  const wanted = name.toLowerCase();
  if (field.startsWith("|1|")) return hashMatches(field, wanted);
  let matched = false;
  for (const pattern of field.toLowerCase().split(",")) {
    if (pattern.startsWith("!") && globMatches(pattern.slice(1), wanted)) return false;
    matched ||= globMatches(pattern, wanted);
  }
  return matched;
};
