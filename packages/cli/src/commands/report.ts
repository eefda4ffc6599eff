import { resolve } from "node:path";
import { errors } from "../errors.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { writePrivate } from "../private-file.ts";
import type { AddCommand } from "./command.ts";

interface ReportOptions extends GlobalOptions {
  readonly out?: string;
}

/** Standard output is either the page or lines of JSON. */
const toOutput = ({ out, json }: ReportOptions): boolean => {
  if (out !== "-") return false;
  if (json === true) throw errors.HWS_CLI_USAGE(["--out - and --json both want standard output"]);
  return true;
};

export const report: AddCommand = (program, invoke) => {
  program
    .command("report [run]")
    .description("Write a picture of a run (default: the last one) as one HTML page that needs nothing else.")
    .option(
      "-o, --out <file>",
      "where to, `-` for standard output (default: hawser-report-<run>.html); only you can read the file",
    )
    .action((run: string | undefined, _own: unknown, command: { optsWithGlobals(): ReportOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "report", 4, async (operation) => {
          const printed = toOutput(options);
          const project = await operation.project();
          const engine = await operation.engine(project);
          // Loaded for this verb alone: the others start without it.
          const { gatherFacts, reportPage } = await import("@hawser/report");
          const facts = await gatherFacts(engine, { ...given({ run }), ...inEnvironment(project) });
          if (facts === undefined) throw errors.HWS_CLI_RUN_UNKNOWN([run ?? null]);
          const { html } = reportPage(facts);
          const known = facts.history?.run ?? run ?? null;
          const about = { ...answerResult(operation.subject, 0), run: known };
          if (printed) return { result: about, lines: [html.trimEnd()] };
          const { cwd } = invocation.surroundings;
          const file = options.out ?? `hawser-report-${known}.html`;
          await writePrivate(cwd, file, html);
          return { result: { ...about, file: resolve(cwd, file) }, lines: [file] };
        }),
      );
    });
};
