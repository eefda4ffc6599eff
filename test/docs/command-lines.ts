import { blocksIn } from "./code-blocks.ts";

/** A `hawser …` that a page shows. */
export interface CommandLine {
  readonly words: readonly string[];
  /** Said in a sentence, where the verb alone may be meant. */
  readonly mention: boolean;
  readonly line: number;
}

const shellLanguages = new Set(["sh", "bash", "shell", "console"]);

/** What ends a command, and words after which one begins. */
const endOfCommand = ";";
const ends = new Set([endOfCommand, "then", "do", "else", "!"]);

/** The words of lines of the shell, as far as documentation needs it: quotes, remarks, and the signs that end a command. */
const shellWords = (text: string): string[] => {
  const words: string[] = [];
  const token =
    /[^\S\n]*(?:#[^\n]*|(\n|[0-9]?[<>]+&?[0-9]?|[|&;()]+)|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s|&;()<>'"\\])+))/gy;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, end, word] = match;
    if (end !== undefined) words.push(endOfCommand);
    else if (word !== undefined) words.push(word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, "$1$2"));
  }
  return words;
};

/** What stands before a program's name. */
const before = /^(npx|exec|[A-Z_]+=.*)$/;

/** What each command that starts Hawser gives it. */
const commandsOf = (words: readonly string[]): string[][] => {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (ends.has(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.flatMap((command) => {
    const at = command.findIndex((word) => !before.test(word));
    return command[at] === "hawser" ? [command.slice(at + 1)] : [];
  });
};

/** Of `bash|zsh` in a sentence the first is meant as well as any; `‹name›` and `…` stand for what the reader has. */
const mentioned = (text: string): string[] =>
  shellWords(text.replaceAll(/[‹›…]/g, "").replaceAll(/(?<=\w)(\|\w+)+/g, "")).filter(
    (word) => word !== endOfCommand,
  );

const lineOf = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** Every command of a page: in its blocks of the shell, and in its sentences. */
export const commandLinesIn = (markdown: string): CommandLine[] => {
  const blocks = blocksIn(markdown, "");
  const inBlocks = blocks
    .filter(({ language }) => shellLanguages.has(language))
    .flatMap(({ text, line }) =>
      commandsOf(shellWords(text.replaceAll(/\\\n/g, " "))).map((words) => ({ words, mention: false, line })),
    );
  // A sentence has no blocks: they are taken out, with their lines kept.
  const prose = markdown.replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, (block) =>
    block.replaceAll(/[^\n]/g, ""),
  );
  const inSentences = [...prose.matchAll(/`(?:npx )?hawser ([^`<\n][^`\n]*)`/g)].map((match) => ({
    words: mentioned(match[1] ?? ""),
    mention: true,
    line: lineOf(prose, match.index),
  }));
  return [...inBlocks, ...inSentences];
};
