import { errors } from "./errors.ts";

/** Version control's and Hawser's own folders never belong to an application. */
const always = new Set([".git", ".svn", ".hg", ".hawser"]);

const special = /[.+^${}()|[\]\\]/g;

const namePattern = (name: string): string =>
  name.replaceAll(special, "\\$&").replaceAll(/\*+/g, "[^/]*").replaceAll("?", "[^/]");

const pathPattern = (pattern: string): RegExp => {
  const names = pattern.replace(/\/$/, "").split("/");
  if (names.some((name) => name === "" || name === "." || name === ".."))
    throw errors.HWS_FTP_OPTION(["exclude", `the pattern ${JSON.stringify(pattern)} can match no path`]);
  const last = names.length - 1;
  const parts = names.map((name, index) => {
    if (name !== "**") return index === last ? namePattern(name) : `${namePattern(name)}/`;
    return index === last ? ".+" : "(?:[^/]+/)*";
  });
  return new RegExp(`^${parts.join("")}$`, "su");
};

/** Makes the question whether a path, relative and with `/`, is left out. */
export const exclusion = (patterns: readonly string[]): ((path: string) => boolean) => {
  const expressions = patterns.map(pathPattern);
  return (path) =>
    always.has(path.slice(path.lastIndexOf("/") + 1)) ||
    expressions.some((expression) => expression.test(path));
};
