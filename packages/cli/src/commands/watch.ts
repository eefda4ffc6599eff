import type { Project } from "../core.ts";
import { inEnvironment, type Operation, operate } from "../operation.ts";
import { durationMs, type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { watchUnit } from "../watch-unit.ts";
import type { AddCommand } from "./command.ts";

interface WatchOptions extends GlobalOptions {
  readonly interval?: string;
  readonly metrics?: string;
  readonly unit?: boolean;
  readonly program?: string;
  readonly user?: string;
}

const defaultProgram = "/usr/bin/env hawser";

export const watch: AddCommand = (program, invoke) => {
  program
    .command("watch")
    .description("Reconcile in turns until it is told to end.")
    .option("--interval <time>", "how long to rest between two turns (default: 15s)")
    .option(
      "--metrics <place>",
      "serve OpenMetrics text at a port of the loopback address, or at address:port",
    )
    .option("--unit", "print a systemd unit that runs it instead")
    .option("--program <path>", `where the unit finds hawser (default: ${defaultProgram})`)
    .option("--user <user>", "as whom the unit runs it (default: root)")
    .action((_own: unknown, command: { optsWithGlobals(): WatchOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "watch", 1, async (operation) => {
          const intervalMs = options.interval === undefined ? undefined : durationMs(options.interval);
          const project = await operation.project();
          if (options.unit === true) return unitOf(operation, project, options);
          const engine = await operation.engine(project);
          const request = { ...given({ intervalMs, metrics: options.metrics }), ...inEnvironment(project) };
          return operation.follow(engine.watch({ ...request, config: () => operation.reread() }));
        }),
      );
    });
};

const unitOf = (operation: Operation, project: Project, options: WatchOptions) => {
  const { application, environment, file } = project;
  const { interval, metrics, program, user } = options;
  const argv = [
    "watch",
    ...["-c", file],
    ...(environment === "" ? [] : ["-e", environment]),
    ...(interval === undefined ? [] : ["--interval", interval]),
    ...(metrics === undefined ? [] : ["--metrics", metrics]),
  ];
  const start = program === undefined ? defaultProgram.split(" ") : [program];
  const unit = watchUnit({ application, environment, command: [...start, ...argv], ...given({ user }) });
  return {
    result: answerResult(operation.subject, 0, { unit }),
    lines: unit.trimEnd().split("\n"),
  };
};
