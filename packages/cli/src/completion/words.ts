import type { Command, Option } from "commander";

/** One verb, as a shell completes it. */
export interface VerbWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly verbs: readonly VerbWords[];
}

export interface OptionWords {
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** Whether a value follows, and whether that is a file. */
  readonly value: "none" | "text" | "file";
}

const optionWords = (option: Option): OptionWords => ({
  long: option.long ?? "",
  ...(option.short !== undefined && { short: option.short }),
  description: option.description,
  value:
    !option.required || option.long === "--wait" ? "none" : /<file>/.test(option.flags) ? "file" : "text",
});

/** A command and those below it, as words. */
export const wordsOf = (command: Command): VerbWords => ({
  name: command.name(),
  description: command.description(),
  options: command.options.map(optionWords),
  verbs: command.commands.map(wordsOf),
});
