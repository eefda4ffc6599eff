import { Command, CommanderError } from "commander";
import { commands } from "../../packages/cli/src/commands/index.ts";
import { withGlobals } from "../../packages/cli/src/global-options.ts";
import { withWaitValue } from "../../packages/cli/src/options.ts";

/** The real program, whose verbs do nothing. */
const idleProgram = (): Command => {
  const program = withGlobals(new Command());
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const add of commands) add(program, async () => {});
  return program;
};

/** The verb that words name and nothing else, `plugin check` for instance. */
const namesVerb = (program: Command, words: readonly string[]): boolean => {
  let at: Command | undefined = program;
  for (const word of words) at = at?.commands.find((command) => command.name() === word);
  return at !== undefined;
};

/** A sentence may leave out what a command needs besides. */
const unsaid = new Set(["commander.missingMandatoryOptionValue", "commander.missingArgument"]);

/** What the real program finds wrong with a command line, without doing anything; undefined when it would take it. */
export const parseOnly = async (
  words: readonly string[],
  { mention }: { readonly mention: boolean },
): Promise<string | undefined> => {
  const program = idleProgram();
  if (mention && namesVerb(program, words)) return undefined;
  try {
    await program.parseAsync(withWaitValue(words), { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    if (mention && error instanceof CommanderError && unsaid.has(error.code)) return undefined;
    return (error as Error).message;
  }
};
