import type { Service } from "@hawser/installer-script";

export interface ComposerOptions {
  /**
   * A folder on the deployer that holds Composer's cache and its `auth.json` between runs. Default: none, so that every run
   * fetches its packages again.
   */
  readonly home?: string;
  /** Whether scripts of `composer.json` run. Default true. */
  readonly scripts?: boolean;
}

export interface ProbeOptions {
  /** Asked on each instance after the switch, through its web server: the body contains the release's id. */
  readonly http: string;
  /** Where in the release the recipe lays a PHP page that says so. Default: the application answers by itself. */
  readonly page?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the release may take to answer. Default 60 s. */
  readonly timeoutMs?: number;
  /** How long it must keep answering. Default 0. */
  readonly stableMs?: number;
}

export interface PhpOptions {
  /** Installs what `composer.lock` names, once, on the deployer. Default true; nothing is done where there is no `composer.json`. */
  readonly composer?: boolean | ComposerOptions;
  /** PHP's command line on deployer and instances. Default `php`. */
  readonly php?: string;
  /** PHP-FPM on the instances: it is reloaded after the switch. Default: nothing is reloaded. */
  readonly service?: Service;
  /** A URL, or more about it: how the application proves after the switch which release it runs. Default: no check. */
  readonly probe?: string | ProbeOptions;
}
