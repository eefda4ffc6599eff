import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { problemAnswer } from "../problem-answer.ts";
import type { AddCommand } from "./command.ts";

interface SignOptions extends GlobalOptions {
  readonly unsigned?: boolean;
}

export const sign: AddCommand = (program, invoke) => {
  program
    .command("sign")
    .description("Sign what is stored with the present key, and renew what is desired where it expires.")
    .option("--unsigned", "also what has no signature: you vouch for it as it lies in storage")
    .action((_own: unknown, command: { optsWithGlobals(): SignOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "sign", 1, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const { unsigned } = command.optsWithGlobals();
          const { signed, kept, until, problems } = await engine.sign({
            ...inEnvironment(project),
            ...(unsigned === true && { unsigned }),
          });
          const answer = problemAnswer(problems, 1, operation.subject, invocation);
          return {
            result: { ...answer.result, signed, kept, until },
            lines: [
              `${signed} objects signed, ${kept} were signed by this key already`,
              ...(until === null
                ? []
                : [`what is desired counts until ${new Date(until * 1000).toISOString()}`]),
              ...answer.lines,
            ],
          };
        }),
      ),
    );
};
