import type { NamedCommand } from "@hawser/installer-script";
import { consoleCall } from "./console.ts";
import type { SymfonyOptions } from "./options.ts";

/**
 * At install, since what Symfony compiles may hold the path where the release lives, and the environment of the instance.
 * `cache:clear` warms up too, and is right also where `prepare` or an interrupted install left something.
 */
export const cacheCommand = (options: SymfonyOptions): NamedCommand => ({
  name: "cache",
  run: consoleCall(options, "cache:clear"),
});

// What reads `.env.local` may read what it becomes.
const sameReaders = `
[ -f .env.local ] || exit 0
chgrp "$(stat -c %g .env.local)" .env.local.php && chmod "$(stat -c %a .env.local)" .env.local.php`;

/**
 * After the cache is warm, so that the console makes nothing in it: this one writes beside the application's code, which belongs
 * to the transport's user.
 */
export const dumpEnvCommand = (options: SymfonyOptions): readonly NamedCommand[] => {
  const { dumpEnv, appEnv = "prod" } = options;
  if (dumpEnv === undefined) return [];
  const dump =
    dumpEnv === "console"
      ? consoleCall(options, `dotenv:dump ${appEnv}`)
      : `composer dump-env ${appEnv} --no-interaction`;
  return [
    { name: "dump-env", run: `umask 077\n${dump} || exit${sameReaders}`, user: null, timeoutMs: 60_000 },
  ];
};
