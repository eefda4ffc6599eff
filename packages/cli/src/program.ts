import { Command, CommanderError } from "commander";
import { commands } from "./commands/index.ts";
import type { Core } from "./core.ts";
import { errors } from "./errors.ts";
import { withGlobals } from "./global-options.ts";
import type { Invocation } from "./invocation.ts";
import { operate } from "./operation.ts";
import { type GlobalOptions, withWaitValue } from "./options.ts";
import { Output } from "./output/output.ts";
import { styleOf } from "./render/style.ts";
import type { Surroundings } from "./surroundings.ts";

interface Behind {
  readonly surroundings: Surroundings;
  readonly core: () => Promise<Core>;
}

/** Runs one command line and gives the exit code. */
export const run = async (argv: readonly string[], { surroundings, core }: Behind): Promise<number> => {
  const output = new Output(surroundings.stdout);
  const errorOutput = new Output(surroundings.stderr);
  const program = withGlobals(new Command());
  let said = "";
  program.configureOutput({
    writeOut: (text) => output.write(text),
    writeErr: (text) => {
      said += text;
    },
  });
  const invocationOf = (options: GlobalOptions): Invocation => ({
    options,
    surroundings,
    core,
    output,
    errors: errorOutput,
    style: styleOf(surroundings),
  });
  let code = 0;
  for (const command of commands) {
    command(program, async (options, work) => {
      code = await work(invocationOf(options));
    });
  }
  try {
    await program.parseAsync(withWaitValue(argv), { from: "user" });
    await output.flushed(surroundings.flushLimitMs);
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return operate(
      invocationOf(globalsOf(argv)),
      argv.find((word) => !word.startsWith("-")) ?? "",
      2,
      async () => {
        throw usageError(said, error);
      },
    );
  }
};

/** Without a verb the help is what was said; otherwise it is one sentence. */
const usageError = (said: string, error: CommanderError): Error => {
  const sentence = said
    .trim()
    .replace(/^error: /, "")
    .replaceAll("\n", " ");
  if (error.code === "commander.help") return errors.HWS_CLI_USAGE(["no verb was given"]);
  return errors.HWS_CLI_USAGE([sentence === "" ? error.message : sentence]);
};

/** What a failed parse can still tell of how to answer: whether JSON and a result file were asked for. */
const globalsOf = (argv: readonly string[]): GlobalOptions => {
  const at = argv.findIndex((word) => word === "--result" || word.startsWith("--result="));
  const word = argv[at];
  const file = at < 0 ? undefined : word === "--result" ? argv[at + 1] : word?.slice("--result=".length);
  return { json: argv.includes("--json"), ...(file !== undefined && file !== "" && { result: file }) };
};
