import { errors } from "./errors.ts";

const special = /[.+^${}()|[\]\\]/g;

const namePattern = (name: string): string =>
  name.replaceAll(special, "\\$&").replaceAll(/\*+/g, "[^/]*").replaceAll("?", "[^/]");

/** Makes the question whether a path fits a pattern whole. */
export const artifactPattern = (pattern: string): ((path: string) => boolean) => {
  const names = pattern.split("/");
  if (names.some((name) => name === "" || name === "." || name === ".."))
    throw errors.HWS_JENKINS_OPTION(["artifacts", "a part of it is empty, . or .."]);
  const parts = names.map((name, index) => {
    const isLast = index === names.length - 1;
    if (name === "**") return isLast ? ".+" : "(?:[^/]+/)*";
    return isLast ? namePattern(name) : `${namePattern(name)}/`;
  });
  const expression = new RegExp(`^${parts.join("")}$`, "su");
  return (path) => expression.test(path);
};

/** Refuses a path that Jenkins gave and that is not plainly one below the build. */
export const checkArtifact = (path: string): string => {
  const refuse = (why: string) => errors.HWS_JENKINS_ARTIFACT_NAME([path.slice(0, 200), why]);
  if (path.length > 3000) throw refuse("it is too long");
  if (/\p{C}/u.test(path)) throw refuse("it holds control characters or is not Unicode");
  if (path.includes("\\")) throw refuse("it holds a backslash");
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") throw refuse("a part of it is empty, . or ..");
    // Names between stars are orders to Jenkins: *zip*, *plain*, *view*.
    if (/^\*.*\*$/.test(part)) throw refuse("a part of it begins and ends with a star");
  }
  return path;
};

/** The address of an artifact: every part encoded by itself. */
export const artifactUrl = (build: string, path: string): string =>
  `${build}/artifact/${path.split("/").map(encodeURIComponent).join("/")}`;
