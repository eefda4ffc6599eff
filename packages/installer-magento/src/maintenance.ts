import type { NamedCommand, ScriptInstallerOptions } from "@hawser/installer-script";
import { backgroundOff, backgroundOn } from "./background.ts";
import { magento, minutes } from "./console.ts";
import type { MagentoOptions } from "./options.ts";

const mode = (options: MagentoOptions, name: string, words: string): NamedCommand => ({
  name,
  run: magento(options, words),
  timeoutMs: minutes(5),
});

/** Visitors, cron and consumers are all away while the database changes: each of them would meet half of it. */
export const maintenanceCommands = (
  options: MagentoOptions,
): NonNullable<ScriptInstallerOptions["maintenance"]> => ({
  on: [mode(options, "maintenance-on", "maintenance:enable"), ...backgroundOff(options, "maintenance-")],
  off: [...backgroundOn(options, "maintenance-"), mode(options, "maintenance-off", "maintenance:disable")],
});
