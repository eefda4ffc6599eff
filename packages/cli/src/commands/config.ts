import type { ConfigDescription, ConfigValue } from "@hawser/core";
import { columnsOf } from "../invocation.ts";
import { operate, projectRequest } from "../operation.ts";
import type { GlobalOptions } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { escapeLine } from "../render/escape.ts";
import { table } from "../render/table.ts";
import type { AddCommand } from "./command.ts";

interface ConfigOptions extends GlobalOptions {
  readonly origin?: boolean;
}

const valueText = (value: unknown): string =>
  escapeLine(typeof value === "string" ? value : JSON.stringify(value));

/** The config as a person reads it: YAML, of which JSON is a part, or each value with its origin. */
const configLines = ({ config, values }: ConfigDescription, origin: boolean, columns: number): string[] =>
  origin
    ? table<ConfigValue>(
        [
          { title: "OPTION", text: ({ path }) => escapeLine(path) },
          { title: "VALUE", text: ({ value }) => valueText(value) },
          { title: "ORIGIN", text: (value) => escapeLine(value.origin) },
        ],
        values,
        columns,
      )
    : JSON.stringify(config, null, 2).split("\n");

export const config: AddCommand = (program, invoke) => {
  program
    .command("config")
    .description("Show the config of an environment: merged, with defaults, without secrets.")
    .option("--origin", "say where each value comes from")
    .action((_own: unknown, command: { optsWithGlobals(): ConfigOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "config", 2, async (operation) => {
          const description = await (await invocation.core()).describe(projectRequest(invocation));
          operation.about(description);
          return {
            result: answerResult(operation.subject, 0, {
              config: description.config,
              values: description.values,
            }),
            lines: configLines(description, options.origin === true, columnsOf(invocation)),
          };
        }),
      );
    });
};
