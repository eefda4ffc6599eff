import { type NamedCommand, type ServiceAction, serviceCommand } from "@hawser/installer-script";
import { magento, minutes } from "./console.ts";
import type { MagentoOptions } from "./options.ts";

/** Magento keeps the cron jobs of each installation apart by its real path: those of a release are its own to remove. */
const cronCommand = (options: MagentoOptions, name: string, words: string): readonly NamedCommand[] => {
  const { cron = ["cron"] } = options;
  if (cron === false) return [];
  return [{ name, run: magento(options, words), roles: cron, timeoutMs: minutes(5) }];
};

const consumersCommand = (
  { consumers }: MagentoOptions,
  name: string,
  action: ServiceAction,
): readonly NamedCommand[] => {
  if (consumers === undefined) return [];
  const command = serviceCommand(name, consumers.service, action);
  // Consumers end after the message that they work on.
  return command === undefined
    ? []
    : [{ ...command, roles: consumers.roles ?? ["worker"], timeoutMs: minutes(10) }];
};

/** Cron and consumers end. `prefix` tells the phases apart. */
export const backgroundOff = (options: MagentoOptions, prefix = ""): readonly NamedCommand[] => [
  ...cronCommand(options, `${prefix}cron-off`, "cron:remove"),
  ...consumersCommand(options, `${prefix}consumers-off`, "stop"),
];

/** They begin again, of the release in which this runs. */
export const backgroundOn = (options: MagentoOptions, prefix = ""): readonly NamedCommand[] => [
  ...consumersCommand(options, `${prefix}consumers-on`, "restart"),
  ...cronCommand(options, `${prefix}cron-on`, "cron:install --force"),
];
