import type { Command } from "commander";
import { version } from "./version.ts";

/** Gives the program its name and the options that every verb takes. */
export const withGlobals = (program: Command): Command =>
  program
    .name("hawser")
    .description("Deploys an application to any number of instances.")
    .version(version(), "-V, --version")
    .option("-c, --config <file>", "the config file (default: hawser.* in this folder or one above)")
    .option("-e, --environment <name>", "the environment (default: the only one)")
    .option("--json", "write one JSON event a line, the last one the result")
    .option("--result <file>", "write the result there as JSON, also after a failure")
    .option("--yes", "answer every question with yes")
    .option("--wait <duration>", "wait for a held lock (alone: 10m)")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride();
