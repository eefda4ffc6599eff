import { join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { order } from "./order.ts";
import { docs, pagesIn, titleOf } from "./tree.ts";

type Item = DefaultTheme.SidebarItem;

/** Those that the order names come first, in its order, but for the own page of a folder that it does not name. */
const rank = (page: string): number => {
  const at = order.indexOf(page);
  if (at !== -1) return at;
  return /(?:README|index)\.md$/.test(page) ? -1 : order.length;
};

/** The link of a page, as other pages write it: a folder's README is its index. */
export const linkOf = (page: string): string =>
  `/${page
    .replace(/(^|\/)README\.md$/, "$1index.md")
    .replace(/(^|\/)index\.md$/, "$1")
    .replace(/\.md$/, "")}`;

const item = (page: string) => ({ text: titleOf(join(docs, page)), link: linkOf(page) });

const group = (text: string, pages: readonly string[], collapsed?: boolean): Item[] => {
  const items = pages
    .map((page) => ({ page, ...item(page) }))
    .sort((a, b) => rank(a.page) - rank(b.page) || (a.text < b.text ? -1 : 1))
    .map(({ text: title, link }) => ({ text: title, link }));
  return items.length === 0 ? [] : [{ text, items, ...(collapsed !== undefined && { collapsed }) }];
};

const isIn = (folder: string) => (page: string) => page.startsWith(`${folder}/`);

/** Pages that lie in the folder itself. */
const directly = (folder: string): readonly string[] =>
  pagesIn(folder).filter((page) => !page.slice(folder.length + 1).includes("/"));

const authors = (page: string): boolean => /^guide\/writ/.test(page);
const moving = (page: string): boolean => /^guide\/moving-from-/.test(page);

const reading = (): Item[] => {
  const guides = directly("guide");
  const root = pagesIn("").filter((page) => !page.includes("/") && page !== "index.md");
  return [
    ...group("Start", [...pagesIn("start"), ...root]),
    ...group(
      "Guides",
      guides.filter((page) => !authors(page) && !moving(page)),
    ),
    ...group("Sources", pagesIn("guide/sources")),
    ...group("Coming from another tool", guides.filter(moving)),
    ...group("Writing plugins", guides.filter(authors)),
  ];
};

const kinds: readonly (readonly [prefix: string, title: string])[] = [
  ["source", "Sources"],
  ["storage", "Storages"],
  ["transport", "Transports"],
  ["installer", "Installers"],
  ["inventory", "Inventories"],
  ["lb", "Load balancers"],
  ["listener", "Listeners"],
];

const plugins = (): Item[] => {
  const pages = pagesIn("plugins");
  return [
    { text: "All plugins", link: "/plugins/" },
    ...kinds.flatMap(([prefix, title]) =>
      group(
        title,
        pages.filter((page) => page.startsWith(`plugins/${prefix}-`)),
      ),
    ),
  ];
};

const reference = (): Item[] => [
  ...group("Reference", [...directly("reference"), ...pagesIn("policies")]),
  ...group("Programming interface", pagesIn("reference/api")),
  ...group("Libraries", pagesIn("libraries")),
];

/** The sidebars, made of the folders and the pages' titles. */
export const sidebars = (): DefaultTheme.SidebarMulti => ({
  "/adr/": group("Decisions", pagesIn("adr").filter(isIn("adr"))),
  "/plugins/": plugins(),
  "/reference/": reference(),
  "/policies/": reference(),
  "/libraries/": reference(),
  "/": reading(),
});
