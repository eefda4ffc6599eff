import type { NamedCommand } from "@hawser/installer-script";
import { consoleCall } from "./console.ts";
import type { SymfonyOptions } from "./options.ts";

const builds = {
  npm: "npm ci && npm run build",
  yarn: "yarn install --frozen-lockfile && yarn run build",
  pnpm: "pnpm install --frozen-lockfile && pnpm run build",
} as const;

/** What is made once, on the deployer, and travels with the release. */
export const builtAssets = (options: SymfonyOptions): readonly NamedCommand[] => {
  const { mapper = false, build } = options.assets ?? {};
  const commands: NamedCommand[] = [];
  if (mapper)
    commands.push({
      name: "import-map",
      // The cache that the console makes here is of the deployer's paths.
      run: `${consoleCall(options, "importmap:install")} && rm -rf var/cache`,
    });
  if (build !== undefined)
    commands.push({
      name: "build",
      run: `${builds[build]} && rm -rf node_modules`,
      timeoutMs: 20 * 60_000,
    });
  return commands;
};

/**
 * What each instance makes of its own copy, before it is in service. Files of bundles belong to the transport's user, as the
 * application's code does; AssetMapper writes to the cache too, so it runs as those who may.
 */
export const installedAssets = (options: SymfonyOptions): readonly NamedCommand[] => {
  const { bundles = true, mapper = false } = options.assets ?? {};
  const commands: NamedCommand[] = [];
  if (bundles) commands.push({ name: "assets", run: consoleCall(options, "assets:install"), user: null });
  if (mapper) commands.push({ name: "asset-map", run: consoleCall(options, "asset-map:compile") });
  return commands;
};
