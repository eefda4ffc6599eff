import type { NamedCommand } from "@hawser/installer-script";
import { magento, minutes } from "./console.ts";
import type { MagentoOptions } from "./options.ts";

// Everything that the build reads stands in config.php: the modules, and the scopes and themes that it would ask a database for.
const config = `if [ ! -f app/etc/config.php ]; then
  echo "there is no app/etc/config.php: make it by bin/magento app:config:dump scopes themes, and commit it" >&2
  exit 1
fi
if [ -e app/etc/env.php ]; then
  echo "app/etc/env.php is in the source: it holds passwords, and belongs on the instances alone" >&2
  exit 1
fi`;

// The caches of the build are of no use where it does not run, and shared paths would find its logs in their way.
const tidy = `rm -rf var/cache var/page_cache var/log var/report var/session var/tmp var/composer_home
rm -f app/etc/env.php`;

const staticContent = (options: MagentoOptions): string => {
  const { locales = ["en_US"], themes = [], strategy = "quick", jobs } = options;
  const flags = [
    `--strategy=${strategy}`,
    ...(jobs === undefined ? [] : [`--jobs=${jobs}`]),
    ...themes.map((theme) => `--theme=${theme}`),
  ];
  return magento(options, `setup:static-content:deploy ${flags.join(" ")} ${locales.join(" ")}`);
};

/** Once, on the deployer, without a database: after Composer, in the order that Magento's own guide gives. */
export const buildCommands = (options: MagentoOptions): readonly NamedCommand[] => [
  { name: "compile", run: magento(options, "setup:di:compile"), timeoutMs: minutes(30) },
  ...(options.composer === false
    ? []
    : [
        {
          name: "autoload",
          // Composer's map was made before the compiler wrote its classes.
          run: "composer dump-autoload --no-dev --optimize --no-interaction",
          env: { COMPOSER_ALLOW_SUPERUSER: "1" },
          timeoutMs: minutes(10),
        },
      ]),
  { name: "static-content", run: staticContent(options), timeoutMs: minutes(60) },
  { name: "tidy", run: tidy, timeoutMs: minutes(5) },
];

/** Before anything else: what the build cannot do without. */
export const sourceCommand: NamedCommand = { name: "source", run: config, timeoutMs: minutes(1) };
