import { makePhp } from "@hawser/installer-php";
import type { NamedCommand, ScriptInstallerOptions } from "@hawser/installer-script";
import { buildCommands } from "./build.ts";
import { clearPools, compileThemes, minutes, shopware } from "./console.ts";
import { databaseCommands } from "./database.ts";
import type { ShopwareOptions } from "./options.ts";
import { workersOff, workersOn } from "./workers.ts";

/** What outlives releases. The first release leaves there what it has of its own, as `files/.htaccess`. */
const shared = ["config/jwt", "files", "public/media", "public/sitemap", "public/thumbnail"].map((path) => ({
  path: `${path}/`,
  adopt: true,
}));

/** The scripts of the template boot the application, which the recipe does in its own order; shopware-cli runs Composer itself. */
const composerOf = ({ build, composer = true }: ShopwareOptions): ShopwareOptions["composer"] => {
  if (composer === false || build === "shopware-cli") return false;
  return { scripts: false, ...(composer === true ? {} : composer) };
};

const environment = `[ -f .env ] || [ -f .env.local ] || [ -f .env.local.php ] || [ -n "\${DATABASE_URL-}" ] || {
  echo "there is neither .env.local nor DATABASE_URL: lay it at $HAWSER_ROOT/shared/.env.local and share it, or give it by files" >&2
  exit 1
}`;

const installCommands = (options: ShopwareOptions): readonly NamedCommand[] => [
  // Without the file every visitor is sent to the web installer.
  { name: "install-lock", run: ": >install.lock", timeoutMs: minutes(1) },
  { name: "environment", run: environment, timeoutMs: minutes(1) },
  { name: "assets", run: shopware(options, "assets:install"), timeoutMs: minutes(10) },
  { name: "cache-warmup", run: shopware(options, "cache:warmup"), timeoutMs: minutes(10) },
];

const themeOnInstance = (options: ShopwareOptions): readonly NamedCommand[] =>
  options.theme === "instances" ? [compileThemes(options)] : [];

const maintenance = (options: ShopwareOptions): NonNullable<ScriptInstallerOptions["maintenance"]> => {
  const channels = options.salesChannels?.join(" ") ?? "--all";
  // Pages that visitors get from a cache would not show it.
  const clear = clearPools(options);
  const command = (name: string, state: string): NamedCommand => ({
    name,
    run: `${shopware(options, `sales-channel:maintenance:${state} ${channels}`)} &&\n${clear}`,
    timeoutMs: minutes(5),
  });
  return { on: [command("maintenance-on", "enable")], off: [command("maintenance-off", "disable")] };
};

/** How Shopware is deployed, on the recipe of PHP: other recipes may stand on it. */
export const makeShopware = (options: ShopwareOptions): ScriptInstallerOptions => {
  const composer = composerOf(options);
  const php = makePhp({ ...options, ...(composer !== undefined && { composer }) });
  return {
    ...php,
    prepare: [...(php.prepare ?? []), ...buildCommands(options)],
    install: [...(php.install ?? []), ...installCommands(options)],
    leave: workersOff(options),
    activate: [...(php.activate ?? []), ...themeOnInstance(options), ...workersOn(options)],
    once: {
      before: databaseCommands(options),
      after: [
        {
          name: "cache-settle",
          // What instances of the release before wrote into a cache of all while waves went.
          run: clearPools(options),
          timeoutMs: minutes(5),
        },
      ],
    },
    maintenance: maintenance(options),
    shared: [{ path: "var/log/", adopt: false }, ...shared],
    writable: ["var", "public/bundles", "public/theme"],
    generated: ["install.lock", "public/asset-manifest.json", "public/bundles", "public/theme", "var/cache"],
    env: { ...php.env, APP_ENV: "prod", APP_DEBUG: "0" },
  };
};
