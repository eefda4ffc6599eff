import { Option } from "commander";
import { errors } from "../errors.ts";
import { columnsOf } from "../invocation.ts";
import { inEnvironment, type Operation, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { planFileOf } from "../plan-file.ts";
import { flowLines } from "../render/steps.ts";
import { ResultFile } from "../result-file.ts";
import type { AddCommand } from "./command.ts";

interface PlanOptions extends GlobalOptions {
  readonly ref?: string;
  readonly release?: string;
  readonly from?: string;
  readonly build?: boolean;
  readonly out?: string;
  readonly steps?: boolean;
}

const showSteps = async (operation: Operation) => {
  const project = await operation.project();
  const engine = await operation.engine(project);
  const report = await engine.steps(inEnvironment(project));
  const { style } = operation.invocation;
  return {
    result: answerResult(operation.subject, 0, report),
    lines: flowLines(report, style, columnsOf(operation.invocation)),
  };
};

export const plan: AddCommand = (program, invoke) => {
  program
    .command("plan")
    .description("Say what a deploy would do; changes nothing and takes no lock.")
    .addOption(
      new Option("--ref <ref>", "the source's state (default: the source's own ref)").conflicts([
        "release",
        "from",
      ]),
    )
    .option("--release <id>", "a release that is stored already, here or for another environment")
    .option("--from <environment>", "what another environment has in service, or its --release")
    .option("--build", "also prepare it, and say which files differ and how many bytes go out")
    .option("--out <file>", "write it for `deploy --plan`")
    .addOption(
      new Option(
        "--steps",
        "show every step and command of a deploy and who put it there; asks nobody",
      ).conflicts(["ref", "release", "from", "build", "out"]),
    )
    .action((_own: unknown, command: { optsWithGlobals(): PlanOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "plan", 4, async (operation) => {
          if (options.steps === true) return await showSteps(operation);
          const { ref, release, from, build, out } = options;
          const file =
            out === undefined ? undefined : await ResultFile.prepare(invocation.surroundings.cwd, out);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const request = { ...given({ ref, release, from, build }), ...inEnvironment(project) };
          const result = await operation.follow(engine.plan(request));
          if (file === undefined) return result;
          if (result.ok && result.plan !== undefined) await file.write(planFileOf(result.plan, result));
          else await file.discard();
          if (result.ok && result.plan === undefined)
            throw errors.HWS_CLI_PLAN_INEXACT([result.revision ?? ""]);
          return result;
        }),
      );
    });
};
