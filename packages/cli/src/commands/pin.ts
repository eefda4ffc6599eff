import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { pinLine } from "../render/pin.ts";
import type { AddCommand } from "./command.ts";

interface PinOptions extends GlobalOptions {
  readonly reason?: string;
}

export const pin: AddCommand = (program, invoke) => {
  program
    .command("pin <release>")
    .description("Keep a release: nothing removes it until it is unpinned.")
    .option("--reason <text>", "why; kept in the history")
    .action((release: string, _own: unknown, command: { optsWithGlobals(): PinOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "pin", 1, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { release, ...given({ reason: options.reason }), ...inEnvironment(project) };
          const { pin: pinned, changed } = await engine.pin(request);
          const outcome = changed ? "done" : "unchanged";
          return {
            result: answerResult(operation.subject, 0, { outcome, release, pin: pinned }),
            lines:
              pinned === undefined ? [] : [pinLine(pinned, changed ? "is pinned" : "was pinned already")],
          };
        }),
      );
    });
};
