import { errors } from "./errors.ts";
import { encodePath, isPlainPath } from "./plain-path.ts";
import { hrefOf, type SvnUrl } from "./svn-url.ts";

/** The folder in which `trunk`, `branches` and `tags` stand, and where in it the option `url` points. */
export interface Project {
  readonly url: SvnUrl;
  /** `trunk`, `branches/NAME` or `tags/NAME` when the option ends so; empty when it names the project itself. */
  readonly home: string;
}

const ending = /^(?:(.*)\/)?(trunk|(?:branches|tags)\/[^/]+)$/;

/** The longest place, percent-encoded, that an id has room for. */
export const longestPlace = 120;

export const projectOf = (url: SvnUrl): Project => {
  const found = ending.exec(url.path);
  if (found === null) return { url, home: "" };
  const [, root = "", home = ""] = found;
  if (encodePath(home).length > longestPlace)
    throw errors.HWS_SVN_URL([hrefOf(url), "the name of its branch or tag is too long"]);
  return { url: { ...url, path: root }, home };
};

/** The option `subdirectory` in its plain form; empty for the whole tree. */
export const checkSubdirectory = (subdirectory: string | undefined): string => {
  const path = (subdirectory ?? "").replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  if (path === "" || path === ".") return "";
  if (!isPlainPath(path)) throw errors.HWS_SVN_OPTION(["subdirectory", "it is not a plain relative path"]);
  return path;
};
