/** Version control's and Hawser's own folders never belong to an application. */
const always = new Set([".git", ".svn", ".hg", ".hawser"]);

const special = /[.+^${}()|[\]\\]/g;

const namePattern = (name: string): string =>
  name.replaceAll(special, "\\$&").replaceAll(/\*+/g, "[^/]*").replaceAll("?", "[^/]");

const pathPattern = (pattern: string, refused: (pattern: string) => Error): RegExp => {
  const names = pattern.replace(/\/$/, "").split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) throw refused(pattern);
  const last = names.length - 1;
  const parts = names.map((name, index) => {
    if (name !== "**") return index === last ? namePattern(name) : `${namePattern(name)}/`;
    return index === last ? ".+" : "(?:[^/]+/)*";
  });
  return new RegExp(`^${parts.join("")}$`, "su");
};

/**
 * Makes the question whether a path, relative and with `/`, is left out. In a pattern `*` and `?` stop at a `/`, and `**`
 * stands for folders of any depth. A pattern that can match no path is the error that `refused` gives.
 */
export const exclusion = (
  patterns: readonly string[],
  refused: (pattern: string) => Error,
): ((path: string) => boolean) => {
  const expressions = patterns.map((pattern) => pathPattern(pattern, refused));
  return (path) =>
    always.has(path.slice(path.lastIndexOf("/") + 1)) ||
    expressions.some((expression) => expression.test(path));
};
