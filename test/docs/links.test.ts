import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorOf } from "../../docs/.vitepress/links.ts";
import { pages, repository } from "./code-blocks.ts";

/** A page without its code, in which nothing is a link or a heading. */
const proseOf = (path: string): string => readFileSync(path, "utf8").replaceAll(/^ *```.*?^ *```$/gms, "");

/** The anchors of a page's headings, numbered where two are alike. */
const anchorsOf = (path: string): ReadonlySet<string> => {
  const seen = new Map<string, number>();
  return new Set(
    [...proseOf(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = ""]) => {
      const anchor = anchorOf(title.replaceAll(/[`*]|\]\([^)]*\)|\[/g, ""));
      const times = seen.get(anchor) ?? 0;
      seen.set(anchor, times + 1);
      return times === 0 ? anchor : `${anchor}-${times}`;
    }),
  );
};

const linkProblem = (page: string, href: string): string | undefined => {
  const [path = "", anchor] = href.split("#", 2);
  const target =
    path === "" ? join(repository, page) : join(repository, dirname(page), decodeURIComponent(path));
  if (!existsSync(target)) return `${href}: no such file`;
  if (anchor === undefined || anchor === "" || statSync(target).isDirectory()) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : `${href}: no such heading`;
};

describe("the links of a page, for those who read the files", () => {
  it.each(pages)("%s", (page) => {
    const prose = proseOf(join(repository, page)).replaceAll(/`[^`\n]*`/g, "");
    const links = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, href = ""]) => href);
    const inside = links.filter((href) => !/^[a-z][a-z0-9+.-]*:/i.test(href));
    expect(inside.flatMap((href) => linkProblem(page, href) ?? [])).toEqual([]);
  });
});
