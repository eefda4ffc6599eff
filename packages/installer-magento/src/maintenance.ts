import type { NamedCommand, ScriptInstallerOptions } from "@hawser/installer-script";
import { backgroundOff, backgroundOn } from "./background.ts";
import { magento, minutes } from "./console.ts";
import type { MagentoOptions } from "./options.ts";

/** Beside the releases: Magento's own flag lies in the release, and would be left behind by the next one. */
const word = '"$HAWSER_ROOT/shared/.maintenance"';

/**
 * Magento's flag stays in the release in which it was set. So a run's own maintenance ends on each instance with its switch,
 * when the new code meets the new database, and a person's is carried on into whatever is deployed meanwhile.
 */
export const maintenanceCommands = (options: MagentoOptions): ScriptInstallerOptions["maintenance"] => ({
  on: [
    {
      name: "maintenance-on",
      run: `if [ -z "\${HAWSER_RUN-}" ]; then mkdir -p "$HAWSER_ROOT/shared" && : >${word} || exit; fi
${magento(options, "maintenance:enable")}`,
      timeoutMs: minutes(5),
    },
    ...backgroundOff(options, "maintenance-"),
  ],
  off: [
    ...backgroundOn(options, "maintenance-"),
    {
      name: "maintenance-off",
      // A release that was left in maintenance would be in it again when somebody returns to it.
      run: `if [ -z "\${HAWSER_RUN-}" ]; then rm -f ${word} || exit; fi
[ -e ${word} ] || rm -f "$HAWSER_ROOT"/releases/*/var/.maintenance.flag || exit
[ -e ${word} ] || ${magento(options, "maintenance:disable")}`,
      timeoutMs: minutes(5),
    },
  ],
});

/** A person's maintenance stays when a release is switched. */
export const carryCommand = (options: MagentoOptions): NamedCommand => ({
  name: "maintenance-carry",
  run: `[ ! -e ${word} ] || ${magento(options, "maintenance:enable")}`,
  timeoutMs: minutes(5),
});
