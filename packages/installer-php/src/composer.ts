import type { NamedCommand } from "@hawser/installer-script";
import type { PhpOptions } from "./options.ts";

// Without its lock file Composer takes whatever is newest, and no two builds of one revision are alike.
const install = `[ -f composer.json ] || exit 0
if [ ! -f composer.lock ]; then
  echo "there is a composer.json and no composer.lock: commit the lock file, so that each build installs the same packages" >&2
  exit 1
fi
`;

const flags = "--no-dev --no-interaction --no-progress --prefer-dist --optimize-autoloader";

/** The packages of the lock file, and the map of their classes. */
export const composerCommand = ({ composer = true }: PhpOptions): readonly NamedCommand[] => {
  if (composer === false) return [];
  const { home, scripts = true } = composer === true ? {} : composer;
  return [
    {
      name: "composer",
      run: `${install}exec composer install ${flags}${scripts ? "" : " --no-scripts"}`,
      // As root Composer leaves out plugins silently. Those of the lock file are the application's own code, as all that runs here.
      env: { COMPOSER_ALLOW_SUPERUSER: "1", ...(home !== undefined && { COMPOSER_HOME: home }) },
      timeoutMs: 20 * 60_000,
    },
  ];
};

/** Whether PHP of this instance is what the packages ask for: seen before anything is switched. */
export const platformCommand = ({ composer = true, php = "php" }: PhpOptions): readonly NamedCommand[] =>
  composer === false
    ? []
    : [
        {
          name: "platform",
          // FPM needs no command line; where there is none, the first request would tell.
          run: `check=vendor/composer/platform_check.php
[ -f "$check" ] && command -v ${php} >/dev/null || exit 0
exec ${php} "$check"`,
          timeoutMs: 60_000,
        },
      ];
