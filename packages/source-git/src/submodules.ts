import type { OperationContext } from "@hawser/core/plugin";
import { HawserError } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type GitUrl, parseGitUrl } from "./git-url.ts";
import { type Mirror, objectType, readMirror } from "./mirror.ts";
import type { TreeEntry } from "./tree-listing.ts";

/** A repository inside a tree, pinned to a commit. */
export interface Submodule {
  /** Relative to the tree that is written. */
  readonly path: string;
  readonly id: string;
  readonly url: GitUrl;
}

/** Finds where the submodules of a tree come from; each URL passes the same grammar as the repository's own. */
export const findSubmodules = async (
  mirror: Mirror,
  {
    id,
    subdirectory,
    entries,
  }: { id: string; subdirectory: string | undefined; entries: readonly TreeEntry[] },
  context: OperationContext,
): Promise<readonly Submodule[]> => {
  const wanted = entries.filter(({ kind }) => kind === "submodule");
  if (wanted.length === 0) return [];
  const urls = await readModules(mirror, id, context);
  const prefix = subdirectory === undefined ? "" : `${subdirectory}/`;
  return wanted.map((entry) => {
    const url = urls.get(prefix + entry.path);
    if (url === undefined)
      throw errors.HWS_GIT_SUBMODULE([entry.path, "the file .gitmodules has no URL for it"]);
    return { path: entry.path, id: entry.id, url: submoduleUrl(mirror.url, entry.path, url) };
  });
};

/** Reads .gitmodules from the commit: path to URL. */
const readModules = async (
  mirror: Mirror,
  id: string,
  context: OperationContext,
): Promise<Map<string, string>> => {
  const blob = `${id}:.gitmodules`;
  if ((await objectType(mirror, blob, context)) !== "blob") return new Map();
  const argv = ["--null", "--no-includes", "--blob", blob, "--list"];
  const text = await readMirror(mirror, "config", argv, context);
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const line of text.split("\0")) {
    const found = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(line);
    if (found === null) continue;
    const [, name = "", key = "", value = ""] = found;
    modules.set(name, { ...modules.get(name), [key]: value });
  }
  return new Map([...modules.values()].map(({ path = "", url = "" }) => [path, url]));
};

const submoduleUrl = (parent: GitUrl, path: string, url: string): GitUrl => {
  const parsed = parseSubmoduleUrl(parent, path, url);
  // A repository from elsewhere has no business with the deployer's own files.
  if (parsed.protocol === "file" && parent.protocol !== "file") {
    throw errors.HWS_GIT_SUBMODULE([path, "it is on this machine, and the repository is not"]);
  }
  return parsed;
};

const parseSubmoduleUrl = (parent: GitUrl, path: string, url: string): GitUrl => {
  try {
    return parseGitUrl(/^\.\.?\//.test(url) ? relativeUrl(parent.href, url) : url);
  } catch (error) {
    const why = HawserError.is(error) ? error.message : "its URL cannot be read";
    throw errors.HWS_GIT_SUBMODULE([path, why], { cause: error });
  }
};

/** `./` and `../` start at the parent repository itself, as git-submodule(1) says. */
const relativeUrl = (parent: string, url: string): string => {
  let base = parent.replace(/\/+$/, "");
  let rest = url;
  for (let step = /^(\.\.?)\/+/.exec(rest); step !== null; step = /^(\.\.?)\/+/.exec(rest)) {
    if (step[1] === "..") base = base.replace(/\/+$/, "").replace(/[^/:]*$/, "");
    rest = rest.slice(step[0].length);
  }
  return /[/:]$/.test(base) ? base + rest : `${base}/${rest}`;
};
