import { makePhp } from "@hawser/installer-php";
import type { ScriptInstallerOptions } from "@hawser/installer-script";
import { builtAssets, installedAssets } from "./assets.ts";
import { cacheCommand, dumpEnvCommand } from "./cache.ts";
import { messengerCommands } from "./messenger.ts";
import { migrationCommands } from "./migrations.ts";
import type { SymfonyOptions } from "./options.ts";

/** Composer's scripts of a Symfony application boot it: on an instance the recipe does so itself, in its own order. */
const withoutScripts = (options: SymfonyOptions): SymfonyOptions => {
  const { composer = true } = options;
  if (composer === false) return options;
  return { ...options, composer: { scripts: false, ...(composer === true ? {} : composer) } };
};

/** How a Symfony application is prepared, installed and switched. */
export const makeSymfony = (options: SymfonyOptions): ScriptInstallerOptions => {
  const php = makePhp(withoutScripts(options));
  const { bundles = true, mapper = false } = options.assets ?? {};
  return {
    ...php,
    prepare: [...(php.prepare ?? []), ...builtAssets(options)],
    install: [
      ...(php.install ?? []),
      cacheCommand(options),
      ...installedAssets(options),
      ...dumpEnvCommand(options),
    ],
    once: { before: migrationCommands(options) },
    activate: [...(php.activate ?? []), ...messengerCommands(options)],
    shared: ["var/log/"],
    writable: ["var/cache", ...(mapper ? ["public/assets"] : [])],
    generated: [
      "var/cache",
      ...(bundles ? ["public/bundles"] : []),
      ...(mapper ? ["public/assets"] : []),
      ...(options.dumpEnv === undefined ? [] : [".env.local.php"]),
    ],
    env: { ...php.env, APP_ENV: options.appEnv ?? "prod", APP_DEBUG: "0" },
  };
};
