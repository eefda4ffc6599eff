import { Command } from "commander";
import { commands } from "../src/commands/index.ts";
import { withGlobals } from "../src/global-options.ts";
import { type GlobalOptions, withWaitValue } from "../src/options.ts";

/** Reads a command line as the program does, without doing what it says; one that it would refuse is refused. */
export const readCommandLine = async (
  argv: readonly string[],
): Promise<GlobalOptions & { readonly verb: string }> => {
  const program = withGlobals(new Command()).configureOutput({ writeErr: () => {} });
  let options: GlobalOptions = {};
  for (const command of commands)
    command(program, async (found) => {
      options = found;
    });
  await program.parseAsync(withWaitValue(argv), { from: "user" });
  return { ...options, verb: program.args[0] ?? "" };
};
