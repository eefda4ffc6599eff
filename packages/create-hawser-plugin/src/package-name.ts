import { isBuiltin } from "node:module";

const part = "[a-z0-9][a-z0-9._-]*";
const whole = new RegExp(`^(?:@${part}/)?${part}$`);
const reserved = new Set(["node_modules", "favicon.ico"]);
const mostLetters = 214;

/**
 * Why npm takes no new package of this name; undefined when it does. It would take one that begins with `-` or `~`: that is refused
 * here as well.
 */
export const nameProblem = (name: string): string | undefined => {
  if (name.length > mostLetters) return `it has more than ${mostLetters} letters`;
  if (!whole.test(name))
    return "it has small letters, digits, `.`, `_` and `-`, and begins with one of the first two";
  if (reserved.has(name) || isBuiltin(name)) return "npm and Node keep it for themselves";
  return undefined;
};

/** A name for the package from that of its folder; undefined when nothing is left of it. */
export const nameFrom = (folderName: string): string | undefined => {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "");
  return nameProblem(name) === undefined ? name : undefined;
};
