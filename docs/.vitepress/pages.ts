import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { docs, packageFolder, packages, pagesIn, repository, titleOf } from "./tree.ts";

/** Writes a page only when it is another, so that a server of pages does not start over. */
const write = (page: string, text: string): void => {
  const path = join(docs, page);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** A folder that has no page of its own is shown as a list of those in it. */
const listPage = (folder: string, title: string, words: string): string => {
  const pages = pagesIn(folder).filter((page) => page !== `${folder}/index.md`);
  const lines = pages.map((page) => `- [${titleOf(join(docs, page))}](${page.slice(folder.length + 1)})`);
  return [`# ${title}`, "", words, "", ...lines, ""].join("\n");
};

/** Makes the pages that are not written by hand. They are in no commit. */
export const writePages = async (): Promise<void> => {
  for (const folder of ["plugins", "libraries"]) {
    for (const page of pagesIn(folder)) {
      const name = page.slice(folder.length + 1, -".md".length);
      if (!packages.includes(name)) rmSync(join(docs, page));
    }
  }
  for (const name of packages)
    write(
      `${packageFolder(name)}/${name}.md`,
      readFileSync(join(repository, "packages", name, "README.md"), "utf8"),
    );
  write(
    "plugins/index.md",
    listPage("plugins", "Plugins", "Each is a package of its own; a config names it."),
  );
  write(
    "adr/index.md",
    listPage("adr", "Decisions", "What was decided, what was measured for it, and its cost."),
  );
  write("guide/sources/index.md", listPage("guide/sources", "Sources", "An example for each source."));
};
