import type { ExecRequest } from "@hawser/core";
import { confirmed } from "../confirm.ts";
import { errors } from "../errors.ts";
import { inEnvironment, operate } from "../operation.ts";
import { durationMs, type GlobalOptions, given } from "../options.ts";
import type { AddCommand } from "./command.ts";

interface ExecOptions extends GlobalOptions {
  readonly role?: string;
  readonly instance?: string[];
  readonly once?: boolean;
  readonly timeout?: string;
}

/** A shell would take the words after it for the verb's own options. */
const wordsOf = (words: readonly string[]): readonly string[] => {
  if (words.length === 0)
    throw errors.HWS_CLI_USAGE(["no program was given"], {
      hint: "Write it behind two dashes: hawser exec -- bin/console cache:clear",
    });
  return words;
};

const gathered = (value: string, before: string[] = []): string[] => [...before, value];

export const exec: AddCommand = (program, invoke) => {
  program
    .command("exec [argv...]")
    .description(
      "Run a program in `current` of instances, as the application's user: hawser exec -- PROGRAM.",
    )
    .option("--role <name>", "only on instances with this role")
    .option("--instance <id>", "only on this instance; may be given again", gathered)
    .option("--once", "on one of them: the first that answers")
    .option("--timeout <duration>", "how long it may take on an instance (10m)")
    .action((words: string[], _own: unknown, command: { optsWithGlobals(): ExecOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "exec", 4, async (operation) => {
          const argv = wordsOf(words);
          const timeoutMs = options.timeout === undefined ? undefined : durationMs(options.timeout);
          const project = await operation.project();
          await confirmed(operation, project, "exec");
          const engine = await operation.engine(project);
          const { role, instance: instances, once } = options;
          const request: ExecRequest = {
            argv,
            ...given({ role, instances, once, timeoutMs }),
            ...inEnvironment(project),
          };
          return operation.follow(engine.exec(request));
        }),
      );
    });
};
