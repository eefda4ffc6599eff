import { readArguments, wishOf } from "./arguments.ts";
import { makeFolder } from "./plugin-folder.ts";
import { farewell, refusal, usage } from "./said.ts";
import { ScaffoldError } from "./scaffold-error.ts";
import { filesOf, version } from "./template.ts";
import type { Wish } from "./wish.ts";

/** What the command meets; a caller may replace it. */
export interface Surroundings {
  readonly cwd: string;
  /** Whether a person can be asked. */
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
}

const ofProcess = (): Surroundings => ({
  cwd: process.cwd(),
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});

const make = async (argv: readonly string[], { cwd, isTerminal, out }: Surroundings): Promise<void> => {
  const given = readArguments(argv, cwd);
  if (given.ends !== undefined) return out(given.ends === "help" ? usage : `${version()}\n`);
  const asks = isTerminal && !given.yes;
  const wish: Wish = asks ? await (await import("./questions.ts")).askFor(given, cwd) : wishOf(given);
  makeFolder(wish.folder, filesOf(wish));
  out(`${asks ? "\n" : ""}${farewell(wish, cwd)}`);
};

/** Runs the command and gives its exit code: 0 made, 1 could not be written, 2 usage, 130 cancelled. Never ends the process. */
export const main = async (
  argv: readonly string[],
  surroundings: Surroundings = ofProcess(),
): Promise<number> => {
  try {
    await make(argv, surroundings);
    return 0;
  } catch (error) {
    if (!(error instanceof ScaffoldError)) throw error;
    surroundings.err(refusal(error));
    return error.exitCode;
  }
};
