import { type NamedCommand, serviceCommand } from "@hawser/installer-script";
import { consoleCall } from "./console.ts";
import type { SymfonyOptions } from "./options.ts";

/** Workers of Messenger keep the code with which they were started. */
export const messengerCommands = (options: SymfonyOptions): readonly NamedCommand[] => {
  const { messenger = false } = options;
  if (messenger === false) return [];
  const { service, roles } = messenger === true ? {} : messenger;
  const given =
    service === undefined
      ? { name: "workers", run: consoleCall(options, "messenger:stop-workers") }
      : serviceCommand("workers", service, "restart");
  return [{ ...given, ...(roles !== undefined && { roles }) }];
};
