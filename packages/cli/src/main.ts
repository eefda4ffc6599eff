import type { Core } from "./core.ts";
import type { Surroundings } from "./surroundings.ts";
import { version } from "./version.ts";

/** What a caller may replace: the process around the command, and the engine behind it. */
export interface MainOptions {
  readonly surroundings?: Surroundings;
  readonly core?: () => Promise<Core>;
}

/**
 * Runs one command and gives the exit code; never ends the process. Everything but `--version` is loaded when it is
 * needed, so that `hawser --version` costs no more than Node itself.
 */
export const main = async (argv: readonly string[], options: MainOptions = {}): Promise<number> => {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  silenceNodeVersionWarning();
  const { surroundingsOfProcess } = await import("./surroundings.ts");
  const { run } = await import("./program.ts");
  return run(argv, {
    surroundings: options.surroundings ?? surroundingsOfProcess(),
    core: options.core ?? (async () => (await import("./core.ts")).core),
  });
};

/** A client library warns at every start that it will leave this Node one day; an operator can do nothing about it. */
const silenceNodeVersionWarning = (): void => {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    const type =
      typeof rest[0] === "object" && rest[0] !== null ? (rest[0] as { type?: string }).type : rest[0];
    const name = warning instanceof Error ? warning.name : type;
    if (name === "NodeVersionSupportWarning") return;
    if (typeof warning === "string" && warning.startsWith("NodeVersionSupportWarning")) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
};
