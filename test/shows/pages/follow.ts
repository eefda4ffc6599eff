import { mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { blocksOf, type CodeBlock } from "../../docs/code-blocks.ts";
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
  readonly meanwhile?: (block: CodeBlock) => Promise<void>;
}

const exported = /^(export ([A-Z][A-Z0-9_]*)=)(\S+)/gm;

/** The reader of every page. */
const reader = { example: "ada", value: userInfo().username };

/** A page's examples of the reader's own values, and what this reader has. */
const ownWords = (blocks: readonly CodeBlock[], own: Readonly<Record<string, string>>) =>
  blocks
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
  const all = blocksOf(`docs/${page}`);
  const words = ownWords(all, own);
  const withOwn = (text: string): string =>
    words.reduce((changed, { example, value }) => changed.replaceAll(example, value), text);
  let output = "";
  for (const block of all) {
    if (block.notRun !== undefined || !chapters(block.chapter)) continue;
    const where = `docs/${page}:${block.line}`;
    if (block.file !== undefined) {
      const folder = (await shell.run("pwd\n")).trim();
      await mkdir(dirname(join(folder, block.file)), { recursive: true });
      await writeFile(join(folder, block.file), block.text);
    } else if (block.language === "sh") {
      await meanwhile?.(block);
      output = await shell.run(filledIn(block.text, own)).catch((cause) => {
        throw new Error(`${where} fails: ${cause.message}`, { cause });
      });
    } else if (block.language === "text" && !isAsSaid(withOwn(block.text), output))
      throw new Error(`${where} is not what one sees. The page says:\n${block.text}\nOne sees:\n${output}`);
  }
};
