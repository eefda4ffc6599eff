import type { NamedCommand } from "@hawser/installer-script";
import { magento, minutes } from "./console.ts";
import type { MagentoOptions } from "./options.ts";

/** Magento's status commands end with 2 when there is something to do, 0 when there is not, and 1 when they cannot tell. */
const neededBy = (status: string): string => `${status}
case $? in
  0) exit 1 ;;
  2) exit 0 ;;
esac
exit 3`;

/**
 * The release before cannot run after either: Magento refuses every request when the versions of modules in the database are
 * above those of the code, or when the configuration that was imported last is not the code's own.
 */
const crossing = { compatible: false, maintenance: true };

/** On one instance, in the new release, before any instance is switched. The upgrade imports the configuration too. */
export const databaseCommands = (options: MagentoOptions): readonly NamedCommand[] => [
  {
    name: "upgrade",
    run: magento(options, "setup:upgrade --keep-generated"),
    needed: neededBy(magento(options, "setup:db:status")),
    timeoutMs: minutes(60),
    ...crossing,
  },
  {
    name: "config-import",
    run: magento(options, "app:config:import"),
    needed: neededBy(magento(options, "app:config:status")),
    timeoutMs: minutes(30),
    ...crossing,
  },
];
