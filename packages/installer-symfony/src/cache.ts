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

/** `.env.local.php` holds what `.env.local` holds: secrets. */
export const dumpEnvCommand = (options: SymfonyOptions): readonly NamedCommand[] => {
  const { dumpEnv, appEnv = "prod" } = options;
  if (dumpEnv === undefined) return [];
  const dump =
    dumpEnv === "console"
      ? consoleCall(options, `dotenv:dump ${appEnv}`)
      : `composer dump-env ${appEnv} --no-interaction`;
  return [{ name: "dump-env", run: `umask 077\nexec ${dump}`, timeoutMs: 60_000 }];
};
