import type { Change } from "@hawser/core";
import { columnsOf } from "../invocation.ts";
import { inEnvironment, operate } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { escapeLine } from "../render/escape.ts";
import { fileLines } from "../render/plan.ts";
import type { Style } from "../render/style.ts";
import { clip } from "../render/width.ts";
import type { AddCommand } from "./command.ts";

const changeLines = (changes: readonly Change[], style: Style, columns: number): string[] =>
  changes.map((change) =>
    clip(
      escapeLine(
        `${style.dot} ${change.id.slice(0, 12)} ${change.message}${change.author === undefined ? "" : ` (${change.author})`}`,
      ),
      columns,
    ),
  );

export const diff: AddCommand = (program, invoke) => {
  program
    .command("diff <from> <to>")
    .description("Say what differs between two releases.")
    .action((from: string, to: string, _own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "diff", 4, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const { files, changes } = await engine.diff({
            from,
            to,
            ...inEnvironment(project),
          });
          const columns = columnsOf(invocation);
          const told = changeLines(changes, invocation.style, columns);
          return {
            result: answerResult(operation.subject, 0, { changes: files, commits: changes }),
            lines: [
              ...told,
              ...(told.length === 0 ? [] : [""]),
              ...fileLines(files, invocation.style, columns, Number.POSITIVE_INFINITY),
            ],
          };
        }),
      ),
    );
};
