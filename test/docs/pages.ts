import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { repository } from "../shows/place.ts";

/** What is made when the site is built. */
const made = ["docs/.vitepress/", "docs/plugins/", "docs/reference/api/"];

const below = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
    .map((file) => join(folder, file));

/** Every Markdown page that is written by hand for those who use Hawser, by its path in the repository. */
export const writtenPages = (): string[] =>
  [
    "README.md",
    ...below("docs"),
    ...below("examples"),
    ...readdirSync(join(repository, "packages")).map((name) => `packages/${name}/README.md`),
  ]
    .map((file) => relative(".", file))
    .filter((file) => existsSync(join(repository, file)) && !made.some((start) => file.startsWith(start)))
    .toSorted();
