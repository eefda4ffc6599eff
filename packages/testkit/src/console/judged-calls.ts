import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { InstallPlan, OnceCommand } from "@hawser/core/plugin";
import { type ConsoleProgram, consoleLists, consolePrograms } from "./console-world.ts";

/** Every call of a console in the texts of a plan. */
export interface JudgedCalls {
  readonly calls: readonly string[];
  /** Those that the named version does not take, each with why. */
  readonly refused: readonly string[];
}

type Parse = (list: object, argv: readonly string[]) => { readonly refused?: string };

/** A call of PHP on a console, or of Composer, up to where the shell's own words begin. */
const call = /(?:\S*php\S* (bin\/(?:magento|console|ci))|\b(composer)) ([a-z-][^\n&|)]*)/g;

const textsOf = (plan: InstallPlan): readonly string[] => {
  const { prepare, install, leave, activate, rollback, once, maintenance } = plan;
  const commands: readonly OnceCommand[] = [
    ...[prepare, install, leave, activate, rollback, maintenance.on, maintenance.off].flat(),
    ...[once.before, once.after].flat(),
  ];
  return commands.flatMap(({ run, needed = "" }) => [run, needed]);
};

/** Holds the calls of a plan against the lists of commands that the console stand-in has. */
export const judgeCalls = async (plan: InstallPlan): Promise<JudgedCalls> => {
  const { parseCall } = (await import(pathToFileURL(join(consolePrograms, "console-call.mjs")).href)) as {
    readonly parseCall: Parse;
  };
  const found = { calls: [] as string[], refused: [] as string[] };
  for (const text of textsOf(plan))
    for (const [, script, composer, rest = ""] of text.matchAll(call)) {
      const program = (script ?? composer ?? "").replace("bin/ci", "bin/console") as ConsoleProgram;
      const list = JSON.parse(await readFile(join(consolePrograms, consoleLists[program]), "utf8"));
      const words = rest.trim().replaceAll('"', "").split(/\s+/);
      const { refused } = parseCall(list, words);
      found.calls.push([program, ...words].join(" "));
      if (refused !== undefined) found.refused.push(`${[program, ...words].join(" ")}: ${refused}`);
    }
  return found;
};
