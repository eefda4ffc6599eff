import type { DeployRequest } from "@hawser/core";
import { Option } from "commander";
import { confirmed } from "../confirm.ts";
import { errors } from "../errors.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given, waitOf } from "../options.ts";
import { readPlan } from "../plan-file.ts";
import type { AddCommand } from "./command.ts";

type Settled = Record<string, "done" | "again">;

interface DeployOptions extends GlobalOptions {
  readonly ref?: string;
  readonly release?: string;
  readonly from?: string;
  readonly plan?: string;
  readonly resume?: boolean;
  readonly abandon?: boolean;
  readonly dryRun?: boolean;
  readonly rebuild?: boolean;
  readonly allowBad?: boolean;
  readonly allowIncompatible?: boolean;
  readonly adopt?: boolean;
  readonly once?: Settled;
  readonly message?: string;
}

const settle = (text: string, before: Settled = {}): Settled => {
  const [, name, how] = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(done|again)$/.exec(text) ?? [];
  if (name === undefined) {
    throw errors.HWS_CLI_USAGE([`--once ${text} says neither NAME=done nor NAME=again`]);
  }
  return { ...before, [name]: how as "done" | "again" };
};

const requestOf = (options: DeployOptions): DeployRequest => {
  const { ref, release, from, resume, abandon, dryRun, rebuild, adopt, once, message } = options;
  const { allowBad, allowIncompatible } = options;
  return {
    ...given({ ref, release, from, resume, abandon, dryRun, rebuild, adopt, once, message }),
    ...given({ allowBad, allowIncompatible }),
    ...waitOf(options),
  };
};

export const deploy: AddCommand = (program, invoke) => {
  program
    .command("deploy")
    .description("Put a release into service on every instance.")
    .addOption(
      new Option("--ref <ref>", "the source's state (default: the source's own ref)").conflicts([
        "release",
        "from",
        "plan",
      ]),
    )
    .addOption(
      new Option(
        "--release <id>",
        "a release that is stored already, here or for another environment",
      ).conflicts("plan"),
    )
    .addOption(
      new Option(
        "--from <environment>",
        "what another environment has in service, or its --release",
      ).conflicts("plan"),
    )
    .addOption(new Option("--plan <file>", "what `plan --out` wrote, if it still holds").conflicts("rebuild"))
    .addOption(
      new Option("--resume", "go on with the open run").conflicts([
        "abandon",
        "release",
        "from",
        "plan",
        "ref",
      ]),
    )
    .addOption(
      new Option("--abandon", "put the open run back and close it").conflicts([
        "release",
        "from",
        "plan",
        "ref",
      ]),
    )
    .option("--dry-run", "go as far as one can without changing anything")
    .option("--rebuild", "prepare again although this revision is stored")
    .option("--allow-bad", "let a release that was marked bad go out")
    .option("--allow-incompatible", "go back over a once marked `compatible: false`")
    .option(
      "--once <name=done|again>",
      "settle a once command whose end is not known (may be given again)",
      settle,
    )
    .option("--adopt", "take over a storage that is younger than the fleet")
    .option("--message <text>", "why; kept in the history")
    .action((_own: unknown, command: { optsWithGlobals(): DeployOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "deploy", 1, async (operation) => {
          const request = requestOf(options);
          const project = await operation.project();
          const { cwd } = invocation.surroundings;
          const planned = options.plan === undefined ? {} : { plan: await readPlan(cwd, options.plan) };
          if (!options.dryRun) await confirmed(operation, project, "deploy");
          const engine = await operation.engine(project);
          const environment = inEnvironment(project);
          return operation.follow(engine.deploy({ ...request, ...environment, ...planned }));
        }),
      );
    });
};
