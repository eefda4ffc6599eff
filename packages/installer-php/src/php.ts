import { type NamedCommand, type ScriptInstallerOptions, serviceCommand } from "@hawser/installer-script";
import { composerCommand, platformCommand } from "./composer.ts";
import type { PhpOptions } from "./options.ts";
import { pageCommand, probeCheck } from "./probe.ts";

/** A reload starts PHP-FPM anew around its sockets: opcache, the realpath caches and what was preloaded are gone. */
const reloadCommand = ({ service }: PhpOptions): readonly NamedCommand[] =>
  service === undefined ? [] : [serviceCommand("reload", service, "reload", "USR2")];

/** How a PHP application is prepared, installed and switched. */
export const makePhp = (options: PhpOptions): ScriptInstallerOptions => {
  const check = probeCheck(options);
  return {
    prepare: [...composerCommand(options), ...pageCommand(options)],
    install: platformCommand(options),
    activate: reloadCommand(options),
    ...(check !== undefined && { check }),
  };
};
