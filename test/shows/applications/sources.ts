import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createRepository } from "@hawser/testkit";
import type { Application } from "../application.ts";

/** Every file of one release by its path. */
export type Files = Readonly<Record<string, string>>;

/** What stands in a source file where a release has its number. */
const mark = "@RELEASE@";

/** The files of a folder as the release with this number has them: `@RELEASE@` becomes `v<number>`. */
export const filesIn = async (folder: string, number: number): Promise<Files> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file): Promise<[string, string]> => {
        const text = await readFile(file, "utf8");
        return [relative(folder, file), text.replaceAll(mark, `v${number}`)];
      }),
    ),
  );
};

/** A repository with one commit and one tag `v<number>` for each release; what a release lacks is removed. */
export const history = async (
  directory: string,
  releases: number,
  sources: (number: number) => Files | Promise<Files>,
): Promise<Application> => {
  const repository = await createRepository(directory);
  const refs: string[] = [];
  let before: readonly string[] = [];
  for (let number = 1; number <= releases; number++) {
    const files = await sources(number);
    const gone = before.filter((path) => files[path] === undefined).map((path) => [path, null]);
    await repository.commit({
      files: { ...files, ...Object.fromEntries(gone) },
      message: `Release ${number}`,
    });
    await repository.git("tag", `v${number}`);
    refs.push(`v${number}`);
    before = Object.keys(files);
  }
  return { repository, refs };
};
