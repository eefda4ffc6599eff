import type { LogEntry } from "@hawser/core";
import type { Invocation } from "../invocation.ts";
import { inEnvironment, type Operation, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { escapeLine, escapeLines } from "../render/escape.ts";
import type { AddCommand } from "./command.ts";

interface LogsOptions extends GlobalOptions {
  readonly instance?: string;
  readonly step?: string;
}

/** Writes entries as they come: a title when the command changes, then its lines. */
const writeEntries = async (entries: AsyncIterable<LogEntry>, operation: Operation): Promise<number> => {
  const { options, output, style }: Invocation = operation.invocation;
  let title = "";
  let written = 0;
  for await (const entry of entries) {
    written += 1;
    if (options.json) {
      operation.announce();
      output.line(JSON.stringify({ type: "output", ...entry }));
      continue;
    }
    const own = `${entry.instance} ${style.dot} ${entry.step} ${style.dot} ${entry.command}`;
    if (own !== title) output.line(`${title === "" ? "" : "\n"}${style.bold(escapeLine(own))}`);
    title = own;
    output.lines(escapeLines(entry.text));
    await output.flushed(operation.invocation.surroundings.flushLimitMs);
  }
  return written;
};

export const logs: AddCommand = (program, invoke) => {
  program
    .command("logs [run]")
    .description("Show the kept output of a run (default: the last one).")
    .option("--instance <id>", "only of this instance (`deployer`: of the deployer itself)")
    .option("--step <name>", "only of this step")
    .action((run: string | undefined, _own: unknown, command: { optsWithGlobals(): LogsOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "logs", 4, async (operation) => {
          const { instance, step } = options;
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { ...given({ run, instance, step }), ...inEnvironment(project) };
          const written = await writeEntries(engine.logs(request), operation);
          return {
            result: answerResult(operation.subject, 0, { entries: written }),
            lines: written === 0 ? ["no output was kept"] : [],
          };
        }),
      );
    });
};
