import type { NamedCommand } from "@hawser/installer-script";
import { consoleCall } from "./console.ts";
import type { SymfonyOptions } from "./options.ts";

/** `up-to-date` ends with 0 when nothing is to be done, and with 1 when migrations are: the other way round than `needed`. */
const needed = (options: SymfonyOptions): string => `${consoleCall(options, "doctrine:migrations:up-to-date")}
case $? in 0) exit 1 ;; 1) exit 0 ;; *) exit 2 ;; esac`;

/** On one instance, with the code of the new release, while the one before is still in service. */
export const migrationCommands = (options: SymfonyOptions): readonly NamedCommand[] => {
  const { migrations = false } = options;
  if (migrations === false) return [];
  const { timeoutMs = 30 * 60_000, ...given } = migrations === true ? {} : migrations;
  return [
    {
      name: "migrate",
      run: consoleCall(options, "doctrine:migrations:migrate --allow-no-migration"),
      needed: needed(options),
      timeoutMs,
      ...given,
    },
  ];
};
