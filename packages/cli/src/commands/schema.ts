import { operate, projectRequest } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import type { AddCommand } from "./command.ts";

export const schema: AddCommand = (program, invoke) => {
  program
    .command("schema")
    .description("Print the JSON schema of the config with the options of the plugins it uses, for editors.")
    .action((_own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "schema", 2, async (operation) => {
          const document = await (await invocation.core()).schema(projectRequest(invocation));
          return {
            result: answerResult(operation.subject, 0, { schema: document }),
            lines: [JSON.stringify(document, null, 2)],
          };
        }),
      ),
    );
};
