import { makePhp } from "@hawser/installer-php";
import type { ScriptInstallerOptions } from "@hawser/installer-script";
import { backgroundOff, backgroundOn } from "./background.ts";
import { buildCommands, sourceCommand } from "./build.ts";
import { magento, minutes } from "./console.ts";
import { databaseCommands } from "./database.ts";
import { maintenanceCommands } from "./maintenance.ts";
import type { MagentoOptions } from "./options.ts";

/** What outlives releases. The first release that has files of its own in `pub/media` leaves them there for all. */
const shared = [
  "app/etc/env.php",
  { path: "pub/media/", adopt: true },
  ...["pub/sitemap", "var/backups", "var/export", "var/import", "var/import_history", "var/importexport"].map(
    (path) => ({ path: `${path}/`, adopt: false }),
  ),
  ...["var/log", "var/report", "var/session"].map((path) => ({ path: `${path}/`, adopt: false })),
];

// Where nothing is shared at a path, sharing it makes a folder: it would be in the way of the file.
const environment = `[ -f app/etc/env.php ] && exit 0
rmdir "$HAWSER_ROOT/shared/app/etc/env.php" 2>/dev/null
echo "app/etc/env.php is missing: lay it at $HAWSER_ROOT/shared/app/etc/env.php, or give it as a secret by files" >&2
exit 1`;

/** How Magento is deployed, on the recipe of PHP: other recipes may stand on it. */
export const makeMagento = (options: MagentoOptions): ScriptInstallerOptions => {
  const php = makePhp(options);
  const flush = magento(options, "cache:flush");
  return {
    ...php,
    prepare: [sourceCommand, ...(php.prepare ?? []), ...buildCommands(options)],
    install: [...(php.install ?? []), { name: "environment", run: environment, timeoutMs: minutes(1) }],
    leave: [...backgroundOff(options), ...(php.leave ?? [])],
    activate: [
      ...(php.activate ?? []),
      { name: "cache-flush", run: flush, timeoutMs: minutes(5) },
      ...backgroundOn(options),
    ],
    once: {
      before: [...(php.once?.before ?? []), ...databaseCommands(options)],
      after: [
        ...(php.once?.after ?? []),
        // What instances of the release before wrote into a cache of all while waves went.
        { name: "cache-settle", run: flush, timeoutMs: minutes(5) },
        // Consumers that cron started end after their message, and cron starts them in the new release.
        {
          name: "consumers-restart",
          run: magento(options, "queue:consumers:restart"),
          timeoutMs: minutes(5),
        },
      ],
    },
    maintenance: maintenanceCommands(options),
    shared: [...(php.shared ?? []), ...shared],
    writable: [...(php.writable ?? []), "var", "pub/static"],
    generated: [
      ...(php.generated ?? []),
      ...["var/.maintenance.flag", "var/.maintenance.ip", "var/cache", "var/page_cache", "var/tmp"],
      ...["var/view_preprocessed", "pub/static/_cache"],
    ],
    env: { ...php.env, MAGE_MODE: "production" },
  };
};
