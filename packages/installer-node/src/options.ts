import type { Service } from "@hawser/installer-script";
import type { PackageManager } from "./package-manager.ts";

/** The options of the recipe's own; the ones that all recipes have stand beside them. */
export interface NodeOptions {
  /** What installs the packages, by its lock file. Default `npm`. */
  readonly manager?: PackageManager;
  /** A file of the deployer with npm's settings: registries and what opens them. Default: none but the application's own `.npmrc`. */
  readonly npmrc?: string;
  /** The script of package.json that builds the application; false: none. Default: `build` where there is one. */
  readonly build?: string | false;
  /** What runs the processes: `systemd:<unit>`, `runit:<directory>`, `supervisor:<name>`, or texts. Without one nothing is started again. */
  readonly service?: Service;
  /** Ends the old process before the switch, and starts the new one after it. Default false: one restart after the switch. */
  readonly stopFirst?: boolean;
  /** An address of the application, asked on the instance, whose answer holds the id of the release. */
  readonly probe?: string;
}
