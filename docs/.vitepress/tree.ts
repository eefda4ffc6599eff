import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The repository's own folder, and the folder of its pages. */
export const repository: string = join(import.meta.dirname, "../..");
export const docs: string = join(repository, "docs");

const manifest: { readonly repository?: { readonly url: string } } = JSON.parse(
  readFileSync(join(repository, "package.json"), "utf8"),
);

/** Where people read the repository. */
export const address: string = (manifest.repository?.url ?? "").replace(/^git\+/, "").replace(/\.git$/, "");

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The Markdown files of a folder of docs and of those in it, relative to docs, sorted. */
export const pagesIn = (folder: string): readonly string[] => {
  const at = join(docs, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => (folder === "" ? file : `${folder}/${file}`))
    .sort();
};

/** A page's title: its first heading of the first rank, without marks of code. */
export const titleOf = (path: string): string => {
  const title = /^# (.+)$/m.exec(readFileSync(path, "utf8"))?.[1];
  if (title === undefined) throw new Error(`${path} has no title: its first line is to be "# …"`);
  return title.replaceAll("`", "").replaceAll(/\\(.)/g, "$1").trim();
};

/** The packages that people install, by folder name, sorted. */
export const packages: readonly string[] = readdirSync(join(repository, "packages"))
  .filter((name) => existsSync(join(repository, "packages", name, "README.md")))
  .sort();

const pluginName = /^(?:source|storage|transport|installer|inventory|lb|listener)-/;

/** The folder of docs that has the page of a package: libraries stand apart from plugins. */
export const packageFolder = (name: string): "plugins" | "libraries" =>
  pluginName.test(name) ? "plugins" : "libraries";
