import { existsSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { address, docs, isFolder, packageFolder, packages, repository } from "./tree.ts";

/** Pages that are made from a file elsewhere in the repository: its links are meant from there. */
const origins: ReadonlyMap<string, string> = new Map(
  packages.map((name) => [`docs/${packageFolder(name)}/${name}.md`, `packages/${name}/README.md`]),
);

/** The page that shows a path of the repository, relative to it; undefined when none does. */
const pageOf = (path: string): string | undefined => {
  const [, name] = /^packages\/([^/]+)(?:\/README\.md)?$/.exec(path) ?? [];
  if (name !== undefined && packages.includes(name)) return `${packageFolder(name)}/${name}.md`;
  if (!path.startsWith("docs/")) return undefined;
  const page = path.slice("docs/".length);
  if (page.endsWith(".md")) return page.replace(/(^|\/)README\.md$/, "$1index.md");
  const index = ["README.md", "index.md"].find((file) => existsSync(join(docs, page, file)));
  return index === undefined ? undefined : `${page}/index.md`;
};

/**
 * Where a link of a page leads on the site. Links are written for those who read the files: relative, with `.md`. One to a
 * file that is no page leads to the repository.
 */
export const siteLink = (page: string, href: string): string => {
  if (/^(?:[a-z][a-z0-9+.-]*:|#|\/)/i.test(href)) return href;
  const [path = "", anchor] = href.split("#", 2);
  const here = relative(repository, page).replaceAll("\\", "/");
  const from = origins.get(here) ?? here;
  const target = posix.join(dirname(from), decodeURIComponent(path)).replace(/\/$/, "");
  const suffix = anchor === undefined ? "" : `#${anchor}`;
  const shown = pageOf(target);
  if (shown !== undefined) return `${posix.relative(dirname(here.slice("docs/".length)), shown)}${suffix}`;
  const file = join(repository, target);
  if (target.startsWith("../") || !existsSync(file))
    throw new Error(`${from} links to ${href}: no such file`);
  return `${address}/${isFolder(file) ? "tree" : "blob"}/main/${target}${suffix}`;
};

/** Has the links of every page lead somewhere on the site. */
export const linksOfSite = (markdown: MarkdownRenderer): void => {
  markdown.core.ruler.push("links-of-site", (state) => {
    const page: string = state.env.realPath ?? state.env.path;
    for (const token of state.tokens.flatMap((each) => each.children ?? [])) {
      if (token.type !== "link_open" || token.attrGet("class") === "header-anchor") continue;
      const href = token.attrGet("href");
      if (href !== null) token.attrSet("href", siteLink(page, href));
    }
  });
};

/** A heading's anchor as GitHub makes it, so that one link serves in both places. */
export const anchorOf = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
