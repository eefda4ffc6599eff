import type { NamedCommand } from "@hawser/installer-script";
import { minutes } from "./console.ts";
import type { ShopwareOptions } from "./options.ts";

/**
 * `CI` makes the scripts of the template use `bin/ci`, which asks Composer for the plugins instead of a database; without a
 * `DATABASE_URL` it asks none either. The secret is of no use to anybody: what is compiled with it does not travel.
 */
const withoutDatabase = {
  CI: "1",
  DATABASE_URL: "",
  APP_SECRET: "of-the-build-alone",
  LOCK_DSN: "flock",
  SHOPWARE_SKIP_ASSET_INSTALL_CACHE_INVALIDATION: "1",
} as const;

/** Composer and npm leave what runs nowhere; the caches are of the deployer's paths; shared paths would find logs in their way. */
const tidy = `find . -name node_modules -type d -prune -exec rm -rf {} + &&
rm -rf var/cache var/log`;

const script = (part: string, flags = ""): string =>
  `[ -d vendor/shopware/${part} ] || [ -d vendor/shopware/platform ] || exit 0
exec bash bin/build-${part}.sh${flags}`;

const theme = ({ theme }: ShopwareOptions) =>
  theme === "deployer" ? {} : { SHOPWARE_SKIP_THEME_COMPILE: "1" };

const scripts = (options: ShopwareOptions): readonly NamedCommand[] => [
  { name: "administration", run: script("administration"), env: withoutDatabase, timeoutMs: minutes(30) },
  {
    name: "storefront",
    run: script("storefront", " --keep-cache"),
    env: { ...withoutDatabase, ...theme(options) },
    timeoutMs: minutes(30),
  },
];

const cli = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { composer, php = "php" } = options;
  const home = typeof composer === "object" ? composer.home : undefined;
  const env = {
    ...withoutDatabase,
    COMPOSER_ALLOW_SUPERUSER: "1",
    ...(home !== undefined && { COMPOSER_HOME: home }),
  };
  return [
    { name: "shopware-cli", run: "shopware-cli project ci .", env, timeoutMs: minutes(60) },
    ...(options.theme === "deployer"
      ? [
          {
            name: "theme",
            run: `${php} bin/ci theme:compile --active-only --no-interaction`,
            env: withoutDatabase,
            timeoutMs: minutes(30),
          },
        ]
      : []),
  ];
};

/** Once, on the deployer, without a database. */
export const buildCommands = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { build = "scripts" } = options;
  if (build === false) return [];
  return [
    ...(build === "scripts" ? scripts(options) : cli(options)),
    { name: "tidy", run: tidy, timeoutMs: minutes(10) },
  ];
};
