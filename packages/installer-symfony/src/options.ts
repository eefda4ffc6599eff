import type { PhpOptions } from "@hawser/installer-php";
import type { Service } from "@hawser/installer-script";

export interface AssetsOptions {
  /** Copies the public files of bundles to `public/bundles`, on each instance. Default true. */
  readonly bundles?: boolean;
  /** AssetMapper (Symfony 6.3 and newer): fetches the import map's packages on the deployer, compiles on each instance. Default false. */
  readonly mapper?: boolean;
  /** Webpack Encore, or whatever the `build` script of `package.json` runs: once, on the deployer. Default: none. */
  readonly build?: "npm" | "yarn" | "pnpm";
}

export interface MigrationsOptions {
  /** False says that the release before cannot run after these migrations. Default true. */
  readonly compatible?: boolean;
  /** The application is in maintenance from before migrations that are needed until the release is in service. Default false. */
  readonly maintenance?: boolean;
  /** A lock of this name, for environments that share a database. Default: none. */
  readonly lock?: string;
  /** The instance that migrates has one of these roles. Default: any. */
  readonly roles?: readonly string[];
  /** Default 30 minutes. */
  readonly timeoutMs?: number;
}

export interface MessengerOptions {
  /** The workers' own service, restarted after the switch. Default: workers are told to stop, and their supervisor starts new ones. */
  readonly service?: Service;
  /** Instances with workers have one of these roles. Default: all. */
  readonly roles?: readonly string[];
}

export interface SymfonyOptions extends PhpOptions {
  /** What `APP_ENV` says. Default `prod`. */
  readonly appEnv?: string;
  /** Symfony's command line, in the release. Default `bin/console`. */
  readonly console?: string;
  readonly assets?: AssetsOptions;
  /** Writes `.env.local.php` of all `.env` files on each instance: by the application's console, or by Composer. Default: neither. */
  readonly dumpEnv?: "console" | "composer";
  /** Runs the migrations of Doctrine that the database lacks, once, before the first instance is switched. Default false. */
  readonly migrations?: boolean | MigrationsOptions;
  /** Workers of Messenger take up the new release. Default false. */
  readonly messenger?: boolean | MessengerOptions;
}
