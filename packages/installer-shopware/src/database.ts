import type { NamedCommand } from "@hawser/installer-script";
import { compileThemes, minutes, shopware, storefrontOnly } from "./console.ts";
import type { ShopwareOptions } from "./options.ts";

/** Where the deployment helper keeps it too: whoever updated last, the other knows. */
const key = "deployment.version";

const readVersion = (options: ShopwareOptions): string =>
  `version=$(${shopware(options, "--version")} --no-ansi | sed -n 's/^Shopware \\([0-9][0-9.]*\\).*/\\1/p')
[ -n "$version" ] || { echo "the console does not say its version" >&2; exit 3; }`;

const updateNeeded = (options: ShopwareOptions): string => `${readVersion(options)}
known=$(${shopware(options, `system:config:get ${key} --format=scalar`)}) || exit 3
[ "$known" != "$version" ]`;

/** The migrations by themselves first: `system:update:finish` only warns when they fail, and ends well. */
const update = (options: ShopwareOptions): string => `${readVersion(options)}
${shopware(options, "database:migrate --all core")} &&
${shopware(options, "system:update:finish --skip-asset-build")} &&
${shopware(options, `system:config:set ${key} "$version"`)}`;

/** What `plugin:update:all` would do something about: it passes over plugins that are not active. */
const upgradable = `$plugins = json_decode(stream_get_contents(STDIN), true);
is_array($plugins) || exit(3);
foreach ($plugins as $plugin) if (!empty($plugin["active"]) && !empty($plugin["upgradeVersion"])) exit(0);
exit(1);`;

const pluginsNeeded = (options: ShopwareOptions): string =>
  `plugins=$(${shopware(options, "plugin:list --json")}) || exit 3
printf '%s' "$plugins" | ${options.php ?? "php"} -r '${upgradable}'`;

/** Shopware promises that the release before runs after its own update in blue-green mode, and nothing for plugins. */
const ownCommands = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { blueGreen = false, migrations = [] } = options;
  return [
    { name: "transports", run: shopware(options, "messenger:setup-transports"), timeoutMs: minutes(5) },
    {
      name: "update",
      run: update(options),
      needed: updateNeeded(options),
      timeoutMs: minutes(60),
      ...(!blueGreen && { compatible: false, maintenance: true }),
    },
    {
      name: "refresh",
      run: `${shopware(options, "plugin:refresh")} &&
${shopware(options, "scheduled-task:register")} || exit
${storefrontOnly}
exec ${shopware(options, "theme:refresh")}`,
      timeoutMs: minutes(10),
    },
    {
      name: "plugins",
      run: shopware(options, "plugin:update:all --skip-asset-build"),
      needed: pluginsNeeded(options),
      timeoutMs: minutes(60),
      compatible: false,
      maintenance: true,
    },
    ...migrations.map((bundle) => ({
      name: `migrate-${bundle}`,
      run: shopware(options, `database:migrate --all ${bundle}`),
      timeoutMs: minutes(60),
    })),
  ];
};

const helper = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { php = "php", theme = "once", blueGreen = false } = options;
  const flags = ["--skip-assets-install", ...(theme === "once" ? [] : ["--skip-theme-compile"])];
  return [
    {
      name: "deployment-helper",
      run: `${php} vendor/bin/shopware-deployment-helper run --no-interaction --timeout=3600 ${flags.join(" ")}`,
      timeoutMs: minutes(120),
      ...(!blueGreen && { compatible: false }),
    },
  ];
};

/** On one instance, in the new release, before any instance is switched. */
export const databaseCommands = (options: ShopwareOptions): readonly NamedCommand[] => {
  const { update: by = "commands", theme = "once" } = options;
  if (by === "deployment-helper") return helper(options);
  return [...ownCommands(options), ...(theme === "once" ? [compileThemes(options)] : [])];
};
