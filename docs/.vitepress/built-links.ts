import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** What is left of a page's HTML when code that is only shown is taken away. */
interface BuiltPage {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
  readonly loads: readonly string[];
}

const decode = (text: string): string => text.replaceAll("&amp;", "&").replaceAll("&quot;", '"');

const attributes = (html: string, tag: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`<(?:${tag})\\b[^>]*?\\s${name}="([^"]*)"`, "g"))].map(([, value]) =>
    decode(value ?? ""),
  );

const readPage = (html: string): BuiltPage => ({
  ids: new Set(attributes(html, "[a-z][a-z0-9]*", "id")),
  links: attributes(html, "a", "href"),
  loads: [
    ...attributes(html, "script|img|iframe|source", "src"),
    ...attributes(html, "link|use|image", "href"),
  ],
});

const isElsewhere = (link: string): boolean => /^(?!data:)(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(link);

const linkProblem = (
  pages: ReadonlyMap<string, BuiltPage>,
  from: string,
  link: string,
): string | undefined => {
  const [path = "", anchor] = link.split("#", 2);
  const wanted = path === "" ? from : posix.join("/", path.startsWith("/") ? "" : dirname(from), path);
  const page = pages.get(wanted.endsWith("/") ? `${wanted}index.html` : wanted);
  if (page === undefined) return /\.html$|\/$/.test(wanted) ? `${from}: no page ${wanted}` : undefined;
  const id = anchor === undefined ? "" : decodeURIComponent(anchor);
  return id === "" || page.ids.has(id) ? undefined : `${from}: ${wanted} has no #${id}`;
};

const filesOf = (directory: string, pattern: RegExp): string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file))
    .map((file) => `/${file.replaceAll("\\", "/")}`);

/** What a style sheet loads from elsewhere. */
const styleProblems = (directory: string): string[] =>
  filesOf(directory, /\.css$/).flatMap((file) =>
    [...readFileSync(join(directory, file), "utf8").matchAll(/url\(["']?((?:https?:)?\/\/[^)"']+)/g)].map(
      ([, url]) => `${file}: loads ${url}`,
    ),
  );

/** Everything wrong with the links of a built site: pages and anchors that are missing, and what is loaded from elsewhere. */
export const siteProblems = (directory: string): readonly string[] => {
  const files = filesOf(directory, /\.html$/);
  const pages = new Map(files.map((file) => [file, readPage(readFileSync(join(directory, file), "utf8"))]));
  const found = [...pages].flatMap(([from, { links, loads }]) => [
    ...loads.filter(isElsewhere).map((load) => `${from}: loads ${load}`),
    ...links.filter((link) => !isElsewhere(link)).map((link) => linkProblem(pages, from, link)),
  ]);
  return [...new Set([...found, ...styleProblems(directory)])].filter((each) => each !== undefined).sort();
};

/** Fails when a built site has a link that leads nowhere. */
export const checkSite = (directory: string): void => {
  const problems = siteProblems(directory);
  if (problems.length > 0)
    throw new Error(`${problems.length} links of the site are wrong:\n${problems.join("\n")}`);
};
