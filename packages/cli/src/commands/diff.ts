import type { DiffSide } from "@hawser/core";
import { columnsOf } from "../invocation.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { commitLines } from "../render/commits.ts";
import { escapeLine } from "../render/escape.ts";
import { fileLines } from "../render/plan.ts";
import { dateText, shortRevision } from "../render/units.ts";
import { clip } from "../render/width.ts";
import type { AddCommand } from "./command.ts";

const sideLine = ({ release, environment, revision, label, created }: DiffSide): string =>
  escapeLine(
    `release ${release}${environment === undefined ? "" : ` of ${environment}`}: revision ${shortRevision(revision)}${
      label === undefined ? "" : ` (${label})`
    }, made ${dateText(created)}`,
  );

export const diff: AddCommand = (program, invoke) => {
  program
    .command("diff <from> <to>")
    .description("Say what differs between two releases, named by id or by the environment that has them.")
    .action((from: string, to: string, _own: unknown, command: { optsWithGlobals(): GlobalOptions }) =>
      invoke(command.optsWithGlobals(), (invocation) =>
        operate(invocation, "diff", 4, async (operation) => {
          const project = await operation.project();
          const engine = await operation.engine(project);
          const { files, changes, takenBack, unknown, ...sides } = await engine.diff({
            from,
            to,
            ...inEnvironment(project),
          });
          const columns = columnsOf(invocation);
          const commits = { changes, ...given({ takenBack, unknown }) };
          const told = commitLines(commits, invocation.style, columns);
          return {
            result: answerResult(operation.subject, 0, {
              changes: files,
              commits: changes,
              sides: [sides.from, sides.to],
              ...given({ takenBack, unknown }),
            }),
            lines: [
              ...[sides.from, sides.to].map((side) => clip(sideLine(side), columns)),
              "",
              ...told,
              ...(told.length === 0 ? [] : [""]),
              ...fileLines(files, invocation.style, columns, Number.POSITIVE_INFINITY),
            ],
          };
        }),
      ),
    );
};
