import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The folder of Hawser's own repository. */
export const repository: string = join(import.meta.dirname, "../..");

/** A fenced block of a page. */
export interface CodeBlock {
  /** Relative to the repository. */
  readonly page: string;
  /** The line of its fence. */
  readonly line: number;
  readonly language: string;
  /** The file that the page has its reader write it to: `yaml [hawser.yaml]`, or a first line `// deploy.ts`. */
  readonly file: string | undefined;
  /** The heading it stands below. */
  readonly chapter: string;
  /** Without the indentation of its fence. */
  readonly text: string;
  /** Why no test holds it, from the comment before it. */
  readonly notRun: string | undefined;
}

/** Folders of pages that are made from others. */
const made = ["docs/plugins/", "docs/libraries/", "docs/reference/api/", "docs/.vitepress/"];

const markdownIn = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`)
    .filter((page) => !made.some((each) => page.startsWith(each)))
    .sort();

/** Every page that people read, relative to the repository. */
export const pages: readonly string[] = [
  ...readdirSync(repository).filter((file) => file.endsWith(".md")),
  ...markdownIn("docs"),
  ...markdownIn("examples"),
  ...readdirSync(join(repository, "packages"))
    .map((name) => `packages/${name}/README.md`)
    .filter((page) => existsSync(join(repository, page))),
];

const fence = /^( *)```([a-z]*)(?: \[([^\]\n]+)\])?[^\n]*\n(.*?)^ *```$/gms;
const comment = /<!-- not run: (.+?) -->\n\n?$/s;
const firstLine = /^\/\/ ([\w./-]+\.[cm]?[jt]s)\n/;
const headings = /^#{1,6} +(.*?) *$/gm;

/** The last heading of a text that is no remark in a block. */
const chapterOf = (before: string): string =>
  [...before.replaceAll(fence, "").matchAll(headings)].at(-1)?.[1] ?? "";

/** The fenced blocks of the text of a page, in their order. */
export const blocksIn = (text: string, page: string): readonly CodeBlock[] =>
  [...text.matchAll(fence)].map(({ index, 1: indent = "", 2: language = "", 3: named, 4: inner = "" }) => {
    const before = text.slice(0, index);
    const own = inner.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    return {
      page,
      line: before.split("\n").length,
      language,
      file: named ?? firstLine.exec(own)?.[1],
      chapter: chapterOf(before),
      text: own,
      notRun: comment.exec(before)?.[1],
    };
  });

export const blocksOf = (page: string): readonly CodeBlock[] =>
  blocksIn(readFileSync(join(repository, page), "utf8"), relative(repository, join(repository, page)));

/** The blocks of a page in one of the languages, but those that say why no test holds them. */
export const heldBlocks = (page: string, ...languages: readonly string[]): readonly CodeBlock[] =>
  blocksOf(page).filter(({ language, notRun }) => languages.includes(language) && notRun === undefined);

/** The folder of the example that has a file of a name; undefined when none has. */
export const exampleWith = (name: string): string | undefined =>
  readdirSync(join(repository, "examples"))
    .map((example) => join(repository, "examples", example))
    .find((example) => existsSync(join(example, name)));
