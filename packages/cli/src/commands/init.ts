import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errors } from "../errors.ts";
import { defaultAnswers } from "../init/answers.ts";
import { askQuestions } from "../init/questions.ts";
import { configText } from "../init/template.ts";
import type { Invocation } from "../invocation.ts";
import { operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import type { AddCommand } from "./command.ts";

const exists = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

/** Writes the config and the folder that keeps what it names out of version control; never over anything. */
const write = async (file: string, content: string): Promise<void> => {
  const folder = join(dirname(file), ".hawser");
  try {
    await writeFile(file, content, { flag: "wx" });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if (exists(error) && (error as NodeJS.ErrnoException).path !== file) return;
    if (exists(error)) throw errors.HWS_CLI_FILE_EXISTS([file]);
    throw errors.HWS_CLI_FILE_UNWRITABLE([file, (error as Error).message]);
  }
};

const initialise = async ({ options, surroundings }: Invocation): Promise<string> => {
  const file = resolve(surroundings.cwd, options.config ?? "hawser.yaml");
  const folder = dirname(file);
  if (!options.yes && !surroundings.canAsk) throw errors.HWS_CLI_CANNOT_ASK([]);
  const answers = options.yes ? defaultAnswers(folder) : await askQuestions(folder);
  await write(file, configText(answers, join(folder, ".hawser", "instances", "local")));
  return file;
};

export const init: AddCommand = (program, invoke) => {
  program
    .command("init")
    .description("Write a first config; asks on a terminal, with --yes takes what is usual.")
    .action((_own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "init", 2, async (operation) => {
          const file = await initialise(invocation);
          return {
            result: answerResult(operation.subject, 0, { file }),
            lines: [`wrote ${file}`, "next: hawser validate, hawser doctor, hawser deploy"],
          };
        }),
      ),
    );
};
