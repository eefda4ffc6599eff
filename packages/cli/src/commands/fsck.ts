import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { problemAnswer } from "../problem-answer.ts";
import { bytesText } from "../render/units.ts";
import type { AddCommand } from "./command.ts";

export const fsck: AddCommand = (program, invoke) => {
  program
    .command("fsck")
    .description(
      "Read back everything in storage, and say what is damaged, missing, unsigned or needed by nothing.",
    )
    .action((_own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "fsck", 4, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const { objects, bytes, problems } = await engine.fsck(inEnvironment(project));
          const answer = problemAnswer(problems, 1, operation.subject, invocation);
          return {
            result: { ...answer.result, objects, bytes },
            lines: [`${objects} objects read, ${bytesText(bytes)}`, ...answer.lines],
          };
        }),
      ),
    );
};
