import type { Command } from "commander";
import type { Invocation } from "../invocation.ts";
import type { GlobalOptions } from "../options.ts";

/** Runs a verb's work with the options that were given to it and to the whole command. */
type Invoke = (options: GlobalOptions, work: (invocation: Invocation) => Promise<number>) => Promise<void>;

/** Adds one verb to the program. */
export type AddCommand = (program: Command, invoke: Invoke) => void;
