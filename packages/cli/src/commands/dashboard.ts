import { isDeepStrictEqual } from "node:util";
import type { Engine } from "@hawser/core";
import { Secret } from "@hawser/core/plugin";
import type { Dashboard } from "@hawser/dashboard";
import { type Operation, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import type { AddCommand } from "./command.ts";

interface DashboardCommandOptions extends GlobalOptions {
  readonly listen?: string;
  readonly url?: string;
  readonly look: boolean;
}

export const dashboard: AddCommand = (program, invoke) => {
  program
    .command("dashboard")
    .description(
      "Serve a live view of environments, releases, instances and runs, to be opened in a browser.",
    )
    .option("--listen <place>", "where: a port of the loopback address, or address:port (default: 4270)")
    .option(
      "--url <url>",
      "where people open it when a proxy stands before it, as https://dashboard.example.org",
    )
    .option("--no-look", "never ask instances: show what storage has alone")
    .action((_own: unknown, command: { optsWithGlobals(): DashboardCommandOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "dashboard", 1, async (operation) => {
          await serve(operation, options);
          return { result: answerResult(operation.subject, 0), lines: [] };
        }),
      );
    });
};

/** Serves until a signal ends it. */
const serve = async (operation: Operation, options: DashboardCommandOptions): Promise<void> => {
  const told = operation.untilTold();
  const { openDashboard } = await import("@hawser/dashboard");
  const { config, ...shown } = await engineOf(operation, options);
  const { env } = operation.invocation.surroundings;
  const token = env.HAWSER_DASHBOARD_TOKEN;
  const { listen, url, look } = options;
  await using served = await openDashboard({
    ...shown,
    look,
    ...given({ listen, url }),
    ...(token !== undefined && token !== "" && { token: new Secret(token) }),
    configChanged: async () => !isDeepStrictEqual((await operation.configFile()).config, config),
    logger: operation.logger(),
  });
  announce(operation, served);
  await told;
};

/** The engine and what of it is shown: one environment when it was named, else all. */
const engineOf = async (
  operation: Operation,
  { environment }: GlobalOptions,
): Promise<{
  readonly engine: Engine;
  readonly config: unknown;
  readonly environments: readonly string[];
}> => {
  if (environment !== undefined) {
    const project = await operation.project();
    const engine = await operation.engine(project);
    return { engine, config: project.config, environments: [project.environment] };
  }
  const file = await operation.configFile();
  const engine = await operation.engine(file);
  return { engine, config: file.config, environments: await engine.environments() };
};

/** The address is an event; the token, a secret, is in none: it is printed once, to whoever started it. */
const announce = (operation: Operation, { url, token }: Dashboard): void => {
  const { options, output, errors } = operation.invocation;
  if (options.json) {
    operation.announce();
    output.line(JSON.stringify({ type: "listening", time: Date.now(), url }));
  } else output.line(`the dashboard is at ${url}`);
  if (token !== undefined) errors.line(`hawser: the token to log in with: ${token.reveal()}`);
};
