import { mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { type Fence, fencesOf } from "../../docs/markdown.ts";
import { repository } from "../place.ts";
import { isAsSaid } from "./expected.ts";
import type { PageShell } from "./shell.ts";

export interface Following {
  /** Below `docs/`. */
  readonly page: string;
  readonly shell: PageShell;
  /** Which chapters, by their heading; default all. */
  readonly chapters?: (heading: string) => boolean;
  /** The reader's own values, by the variable that the page exports with an example. */
  readonly own?: Readonly<Record<string, string>>;
  /** What happens outside of the page, before a block of commands. */
  readonly meanwhile?: (fence: Fence) => Promise<void>;
}

const exported = /^(export ([A-Z][A-Z0-9_]*)=)(\S+)/gm;

/** The reader of every page. */
const reader = { example: "ada", value: userInfo().username };

/** A page's examples of the reader's own values, and what this reader has. */
const ownWords = (fences: readonly Fence[], own: Readonly<Record<string, string>>) =>
  fences
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => [...text.matchAll(exported)])
    .flatMap(([, , name = "", example = ""]) => {
      const value = own[name];
      return value === undefined ? [] : [{ example, value }];
    })
    .concat(reader);

/** Lines with the reader's own values in the place of the page's examples. */
const filledIn = (lines: string, own: Readonly<Record<string, string>>): string =>
  lines.replace(
    exported,
    (_, start: string, name: string, example: string) => start + (own[name] ?? example),
  );

/** Does what a page says, from its first line to its last, and compares what it sees with what the page says. */
export const follow = async ({
  page,
  shell,
  chapters = () => true,
  own = {},
  meanwhile,
}: Following): Promise<void> => {
  const all = fencesOf(join(repository, "docs", page));
  const words = ownWords(all, own);
  const withOwn = (text: string): string =>
    words.reduce((changed, { example, value }) => changed.replaceAll(example, value), text);
  let output = "";
  for (const fence of all) {
    if (fence.notRun !== undefined || !chapters(fence.chapter)) continue;
    const where = `docs/${page}:${fence.line}`;
    if (fence.file !== undefined) {
      const folder = (await shell.run("pwd\n")).trim();
      await mkdir(dirname(join(folder, fence.file)), { recursive: true });
      await writeFile(join(folder, fence.file), fence.text);
    } else if (fence.language === "sh") {
      await meanwhile?.(fence);
      output = await shell.run(filledIn(fence.text, own)).catch((cause) => {
        throw new Error(`${where} fails: ${cause.message}`, { cause });
      });
    } else if (fence.language === "text" && !isAsSaid(withOwn(fence.text), output))
      throw new Error(`${where} is not what one sees. The page says:\n${fence.text}\nOne sees:\n${output}`);
  }
};
