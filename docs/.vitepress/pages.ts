import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type OptionSchema, optionsTable } from "./options-table.ts";
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

const readme = (name: string): string =>
  readFileSync(join(repository, "packages", name, "README.md"), "utf8");

/** A plugin's README, and every option of its schema. */
const pluginPage = async (name: string): Promise<string> => {
  const plugin: { readonly default: { readonly schema: OptionSchema } } = await import(`@hawser/${name}`);
  return [
    readme(name).trimEnd(),
    "",
    "## The schema of its options",
    "",
    `What \`hawser validate\` holds a config to. A secret is best given as \`\${env:NAME}\` or \`\${file:PATH}\`; a path starts at`,
    "the folder of the config.",
    "",
    optionsTable(plugin.default.schema),
    "",
  ].join("\n");
};

const removeStrangers = (folder: string): void => {
  for (const page of pagesIn(folder)) {
    const name = page.slice(folder.length + 1, -".md".length);
    if (!packages.includes(name)) rmSync(join(docs, page));
  }
};

/** Makes the pages that are not written by hand. They are in no commit. */
export const writePages = async (): Promise<void> => {
  removeStrangers("plugins");
  removeStrangers("libraries");
  for (const name of packages) {
    const folder = packageFolder(name);
    write(`${folder}/${name}.md`, folder === "plugins" ? await pluginPage(name) : readme(name));
  }
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
